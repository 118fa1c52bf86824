import { z } from 'zod';
import { decimal, type Decimal, subtractDecimals } from '#canonical/decimal.ts';
import type { Json } from '#canonical/json.ts';
import { currencySchema, type MoneyBag } from '#canonical/money.ts';
import type { Order } from '#canonical/order.ts';
import type { OrderLine } from '#canonical/order-line.ts';
import type { TaxLine } from '#canonical/tax.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';
import {
  identifiers,
  instantOf,
  nothing,
  numeric,
  oneOf,
  optionalText,
  orderOf,
  type Paper,
  rest,
  same,
  standing,
  sumOf,
} from '../reading.ts';
import { addressSource, mapAmazonAddress, windowOf } from './address.ts';

const moneySource = z.looseObject({ amount: numeric, currencyCode: currencySchema });
type MoneySource = z.infer<typeof moneySource>;
const breakdownSource = z.looseObject({
  type: z.string(),
  subtotal: moneySource,
  detailedBreakdowns: z.array(z.looseObject({ subtype: z.string(), value: moneySource })).default([]),
});
const windowSource = z.looseObject({ earliestDateTime: optionalText, latestDateTime: optionalText });
const lowerAddress = z.looseObject({
  name: optionalText,
  companyName: optionalText,
  addressLine1: optionalText,
  addressLine2: optionalText,
  addressLine3: optionalText,
  city: optionalText,
  stateOrRegion: optionalText,
  postalCode: optionalText,
  countryCode: z.string(),
  phone: optionalText,
});

const itemSource = z.looseObject({
  orderItemId: z.string().min(1),
  quantityOrdered: z.int(),
  product: z.looseObject({
    asin: z.string(),
    title: z.string(),
    sellerSku: optionalText,
    price: z.looseObject({ unitPrice: moneySource }),
    serialNumbers: z.array(z.string()).default([]),
  }),
  proceeds: z.looseObject({ breakdowns: z.array(breakdownSource) }),
  promotion: z.looseObject({ breakdowns: z.array(z.looseObject({ promotionId: z.string() })) }).optional(),
  fulfillment: z.looseObject({ quantityFulfilled: z.int(), quantityUnfulfilled: z.int() }),
});
type ItemSource = z.infer<typeof itemSource>;

const packageSource = z.looseObject({
  packageReferenceId: z.string().min(1),
  packageStatus: z.looseObject({ status: z.string() }),
  carrier: optionalText,
  shippingService: optionalText,
  trackingNumber: optionalText,
  shipTime: optionalText,
  packageItems: z.array(z.looseObject({ orderItemId: z.string(), quantity: z.int() })),
});

export const source2026 = z.looseObject({
  order: z.looseObject({
    orderId: z.string().min(1),
    createdTime: z.string(),
    lastUpdatedTime: z.string(),
    salesChannel: z.looseObject({ marketplaceId: z.string(), marketplaceName: optionalText }),
    buyer: z.looseObject({ buyerName: optionalText, buyerEmail: optionalText }).optional(),
    recipient: z.looseObject({ deliveryAddress: lowerAddress.optional() }).optional(),
    proceeds: z
      .looseObject({ grandTotal: moneySource, breakdowns: z.array(breakdownSource).default([]) })
      .optional(),
    fulfillment: z.looseObject({
      fulfillmentStatus: z.string(),
      fulfilledBy: z.string(),
      fulfillmentServiceLevel: optionalText,
      shipByWindow: windowSource.optional(),
      deliverByWindow: windowSource.optional(),
    }),
    orderItems: z.array(itemSource).min(1),
    packages: z.array(packageSource).default([]),
  }),
});

const known = ['ITEM', 'SHIPPING', 'TAX', 'DISCOUNT'];

const states: Readonly<Record<string, Order['payment']['state']>> = {
  PENDING_AVAILABILITY: 'pending',
  PENDING: 'pending',
  UNSHIPPED: 'paid',
  PARTIALLY_SHIPPED: 'paid',
  SHIPPED: 'paid',
  CANCELLED: 'voided',
  UNFULFILLABLE: 'paid',
};
const packageStates: Readonly<Record<string, Order['shipments'][number]['status']>> = {
  PENDING: 'planned',
  SHIPPED: 'shipped',
  IN_TRANSIT: 'shipped',
  DELIVERED: 'delivered',
  UNDELIVERABLE: 'undeliverable',
  CANCELLED: 'cancelled',
};

/** An order of the Orders API 2026-01-01: its money stands in `proceeds`, by kind, for each item. Tax comes on top. */
export function mapAmazon2026Order(body: Json, { connection, hash, offset }: Paper): Order {
  const { order } = parseWith(source2026, body);
  if (order.proceeds === undefined)
    throw unmappable('order.proceeds', 'is absent: the order has no prices yet, or they were not asked for');
  const currency = order.proceeds.grandTotal.currencyCode;
  const currencies = { shop: currency, presentment: currency, settlement: null };
  const ref = (type: string, id: string) => ({ connection, type, id });
  const bagAt = (path: string, given: MoneySource): MoneyBag => {
    if (given.currencyCode !== currency)
      throw unmappable(`${path}.currencyCode`, `${given.currencyCode}, but the order is in ${currency}`);
    return same(currency, given.amount, `${path}.amount`);
  };
  const status = order.fulfillment.fulfillmentStatus;
  const isCancelled = status === 'CANCELLED';
  const items = order.orderItems.map((item, index) =>
    mapItem(item, { path: `order.orderItems[${index}]`, bagAt, ref, isCancelled }),
  );
  const sum = (type: string) =>
    same(
      currency,
      sumOf(
        order.orderItems.flatMap(({ proceeds }) =>
          proceeds.breakdowns.filter((part) => part.type === type).map(({ subtotal }) => subtotal.amount),
        ),
      ),
      'order.orderItems',
    );
  // The order repeats the sums of its items; a tip for the courier stands there alone.
  const courier = order.proceeds.breakdowns.find(({ type }) => type === 'DELIVERY_TIP');
  order.proceeds.breakdowns.forEach(({ type }, index) => {
    if (!known.includes(type) && type !== 'DELIVERY_TIP') {
      throw unmappable(`order.proceeds.breakdowns[${index}].type`, `nobody says what ${type} is`);
    }
  });
  const tips =
    courier === undefined ? nothing(currencies) : bagAt('order.proceeds.breakdowns', courier.subtotal);
  const grand = bagAt('order.proceeds.grandTotal', order.proceeds.grandTotal);
  const updatedAt = instantOf(order.lastUpdatedTime, offset, 'order.lastUpdatedTime');
  const { shipByWindow, deliverByWindow } = order.fulfillment;
  const address = order.recipient?.deliveryAddress;
  return orderOf(
    {
      ref: ref('Order', order.orderId),
      number: order.orderId,
      version: { at: updatedAt, hash },
      channel: {
        kind: 'marketplace',
        name: order.salesChannel.marketplaceName,
        sourceIdentifier: order.salesChannel.marketplaceId,
      },
      orderedAt: instantOf(order.createdTime, offset, 'order.createdTime'),
      cancelled: isCancelled ? { at: updatedAt, reason: status } : null,
      currencies,
      soldTo: {
        party:
          order.buyer === undefined
            ? null
            : {
                kind: 'person',
                ref: null,
                email: order.buyer.buyerEmail,
                emailVerified: false,
                phone: null,
                language: null,
                givenName: null,
                familyName: order.buyer.buyerName,
              },
        address: null,
      },
      shipTo: {
        party: null,
        address:
          address === undefined ? null : mapAmazonAddress(parseWith(addressSource, capitalised(address))),
      },
      windows: [
        ...windowOf(
          'ship',
          shipByWindow?.earliestDateTime ?? null,
          shipByWindow?.latestDateTime ?? null,
          offset,
          [
            'order.fulfillment.shipByWindow.earliestDateTime',
            'order.fulfillment.shipByWindow.latestDateTime',
          ],
        ),
        ...windowOf(
          'deliver',
          deliverByWindow?.earliestDateTime ?? null,
          deliverByWindow?.latestDateTime ?? null,
          offset,
          [
            'order.fulfillment.deliverByWindow.earliestDateTime',
            'order.fulfillment.deliverByWindow.latestDateTime',
          ],
        ),
      ],
      lines: items.map(({ line }) => line),
      shipping: items.flatMap(({ shipping }) => shipping),
      discounts: items.flatMap(({ discounts }) => discounts),
      payment: { state: oneOf(states, status, 'order.fulfillment.fulfillmentStatus'), transactions: [] },
      fulfillmentOrders: [
        {
          id: 'main',
          ref: ref('Order', order.orderId),
          location: null,
          method: 'ship',
          fulfilledBy: oneOf(
            { MERCHANT: 'merchant', AMAZON: 'channel' } as const,
            order.fulfillment.fulfilledBy,
            'order.fulfillment.fulfilledBy',
          ),
          status: isCancelled
            ? 'cancelled'
            : order.orderItems.every(({ fulfillment }) => fulfillment.quantityUnfulfilled === 0)
              ? 'closed'
              : 'open',
          carrier: { code: null, service: order.fulfillment.fulfillmentServiceLevel, routing: null },
          lines: order.orderItems.map(({ orderItemId, quantityOrdered, fulfillment }) => ({
            id: orderItemId,
            lineId: orderItemId,
            quantity: decimal(quantityOrdered),
            remaining: decimal(fulfillment.quantityUnfulfilled),
          })),
          holds: [],
          fulfillAt: null,
          fulfillBy: null,
          extensions: {},
        },
      ],
      shipments: order.packages.map((parcel, index) => ({
        schema: 'shipment/1',
        id: `shipment:${connection}:${parcel.packageReferenceId}`,
        ref: ref('Package', parcel.packageReferenceId),
        number: parcel.packageReferenceId,
        location: null,
        method: 'ship',
        status: oneOf(
          packageStates,
          parcel.packageStatus.status,
          `order.packages[${index}].packageStatus.status`,
        ),
        lines: parcel.packageItems.map(({ orderItemId, quantity }) => ({
          lineId: orderItemId,
          sku: null,
          quantity: decimal(quantity),
          serialNumbers: [],
        })),
        packages: [
          {
            carrier: parcel.carrier,
            trackingNumber: parcel.trackingNumber,
            trackingUrl: null,
            weightGrams: null,
            sscc: null,
          },
        ],
        carrier: { code: parcel.carrier, service: parcel.shippingService, routing: null },
        shippedAt:
          parcel.shipTime === null
            ? null
            : instantOf(parcel.shipTime, offset, `order.packages[${index}].shipTime`),
        deliveredAt: null,
        extensions: {
          amazon: {
            ...rest(parcel, [
              'packageReferenceId',
              'carrier',
              'trackingNumber',
              'shippingService',
              'shipTime',
              'packageItems',
            ]),
            items: parcel.packageItems.map((item) => rest(item, ['orderItemId', 'quantity'])),
          },
        },
      })),
      extensions: {
        amazon: {
          ...rest(order, [
            'orderId',
            'createdTime',
            'lastUpdatedTime',
            'salesChannel',
            'buyer',
            'recipient',
            'fulfillment',
            'orderItems',
            'packages',
            'proceeds',
          ]),
          salesChannel: rest(order.salesChannel, ['marketplaceId', 'marketplaceName']),
          buyer: rest(order.buyer ?? {}, ['buyerName', 'buyerEmail']),
          recipient: rest(order.recipient ?? {}, ['deliveryAddress']),
          proceeds: rest(order.proceeds, ['grandTotal']),
          fulfillment: rest(order.fulfillment, [
            'fulfilledBy',
            'fulfillmentServiceLevel',
            'shipByWindow',
            'deliverByWindow',
          ]),
        },
      },
    },
    {
      lines: sum('ITEM'),
      discounts: negated(sum('DISCOUNT')),
      shipping: sum('SHIPPING'),
      tax: sum('TAX'),
      duties: nothing(currencies),
      fees: nothing(currencies),
      tips,
      grand,
      original: grand,
      outstanding: nothing(currencies),
    },
  );
}

const capitalised = (address: object) =>
  Object.fromEntries(
    Object.entries(address).map(([key, value]) => [
      `${key.charAt(0).toUpperCase()}${key.slice(1)}`,
      value as unknown,
    ]),
  );
const negated = ({ shop, presentment }: MoneyBag): MoneyBag => ({
  shop: { ...shop, amountMinor: 0 - shop.amountMinor },
  presentment: { ...presentment, amountMinor: 0 - presentment.amountMinor },
});

type Place = {
  readonly path: string;
  readonly isCancelled: boolean;
  readonly bagAt: (path: string, given: MoneySource) => MoneyBag;
  readonly ref: (type: string, id: string) => { connection: string; type: string; id: string };
};

function mapItem(
  item: ItemSource,
  { path, isCancelled, bagAt, ref }: Place,
): { line: OrderLine; shipping: Order['shipping']; discounts: Order['discounts'] } {
  const id = item.orderItemId;
  const discountId = `promotion/${id}`;
  const part = (type: string) => {
    const index = item.proceeds.breakdowns.findIndex((candidate) => candidate.type === type);
    const found = item.proceeds.breakdowns[index];
    return found === undefined ? null : { ...found, path: `${path}.proceeds.breakdowns[${index}]` };
  };
  item.proceeds.breakdowns.forEach(({ type }, index) => {
    if (!known.includes(type))
      throw unmappable(`${path}.proceeds.breakdowns[${index}].type`, `nobody says what ${type} is`);
  });
  const tax = part('TAX');
  // Of a tax that is not split, all belongs to the item.
  const split =
    tax === null
      ? []
      : tax.detailedBreakdowns.length === 0
        ? [{ subtype: 'ITEM', value: tax.subtotal }]
        : tax.detailedBreakdowns;
  const taxesOn = (onShipping: boolean): TaxLine[] =>
    split
      .filter(({ subtype }) => (subtype === 'SHIPPING') === onShipping)
      .map(({ subtype, value }) => ({
        title: `TAX/${subtype}`,
        jurisdiction: null,
        component: null,
        code: null,
        rate: null,
        base: null,
        amount: bagAt(tax?.path ?? path, value),
        included: false,
        exemption: null,
        liable: 'merchant',
      }));
  const goods = part('ITEM');
  if (goods === null) throw unmappable(`${path}.proceeds.breakdowns`, 'has no ITEM');
  const [shipping, discount] = [part('SHIPPING'), part('DISCOUNT')];
  const [ordered, shipped]: [Decimal, Decimal] = [
    decimal(item.quantityOrdered),
    decimal(item.fulfillment.quantityFulfilled),
  ];
  const price =
    bagAt(`${path}.product.price.unitPrice`, item.product.price.unitPrice) &&
    item.product.price.unitPrice.amount;
  const [firstPromotion] = item.promotion?.breakdowns ?? [];
  return {
    line: {
      id,
      ref: ref('OrderItem', id),
      parentId: null,
      kind: 'product',
      charged: true,
      sku: item.product.sellerSku,
      product: null,
      title: item.product.title,
      variantTitle: null,
      identifiers: identifiers({ asin: item.product.asin }),
      unit: 'C62',
      ordered,
      current: isCancelled ? shipped : ordered,
      quantities: standing(
        ordered,
        isCancelled ? { shipped, cancelled: subtractDecimals(ordered, shipped) } : { shipped },
      ),
      promisedAt: null,
      unitPrice: { shop: price, presentment: price, per: decimal('1') },
      subtotal: bagAt(`${goods.path}.subtotal`, goods.subtotal),
      discounts:
        discount === null
          ? []
          : [{ discountId, amount: negated(bagAt(`${discount.path}.subtotal`, discount.subtotal)) }],
      taxes: taxesOn(false),
      duties: [],
      taxable: tax !== null,
      requiresShipping: true,
      weightGrams: null,
      serialNumbers: item.product.serialNumbers,
      attributes: [],
      extensions: {
        amazon: {
          ...rest(item, ['orderItemId', 'quantityOrdered', 'product']),
          product: rest(item.product, ['asin', 'title', 'sellerSku', 'serialNumbers']),
        },
      },
    },
    shipping:
      shipping === null
        ? []
        : [
            {
              id: `${id}/shipping`,
              code: null,
              title: 'SHIPPING',
              carrier: null,
              price: bagAt(`${shipping.path}.subtotal`, shipping.subtotal),
              discounts: [],
              taxes: taxesOn(true),
              extensions: {},
            },
          ],
    discounts:
      discount === null && firstPromotion === undefined
        ? []
        : [
            {
              id: discountId,
              kind: 'other',
              code: firstPromotion?.promotionId ?? null,
              title: null,
              value: { type: 'unstated' },
              target: 'line',
            },
          ],
  };
}
