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
  zero,
} from '../reading.ts';
import { addressSource, mapAmazonAddress, windowOf } from './address.ts';

const moneySource = z.looseObject({ CurrencyCode: currencySchema, Amount: numeric });
type MoneySource = z.infer<typeof moneySource>;

const itemSource = z.looseObject({
  ASIN: z.string(),
  OrderItemId: z.string().min(1),
  SellerSKU: optionalText,
  Title: z.string(),
  QuantityOrdered: z.int(),
  QuantityShipped: z.int().default(0),
  ItemPrice: moneySource.optional(),
  ItemTax: moneySource.optional(),
  ShippingPrice: moneySource.optional(),
  ShippingTax: moneySource.optional(),
  PromotionDiscount: moneySource.optional(),
  ShippingDiscount: moneySource.optional(),
  CODFee: moneySource.optional(),
  CODFeeDiscount: moneySource.optional(),
  PromotionIds: z.array(z.string()).default([]),
  SerialNumbers: z.array(z.string()).default([]),
  TaxCollection: z.looseObject({ Model: z.string(), ResponsibleParty: optionalText }).optional(),
  BuyerInfo: z
    .looseObject({ GiftWrapPrice: moneySource.optional(), GiftWrapTax: moneySource.optional() })
    .optional(),
});
type ItemSource = z.infer<typeof itemSource>;

/** The answers of getOrder and getOrderItems for one order, side by side. */
export const v0Source = z.looseObject({
  order: z.looseObject({
    AmazonOrderId: z.string().min(1),
    SellerOrderId: optionalText,
    PurchaseDate: z.string(),
    LastUpdateDate: z.string(),
    OrderStatus: z.string(),
    FulfillmentChannel: z.enum(['AFN', 'MFN']),
    MarketplaceId: z.string(),
    SalesChannel: optionalText,
    OrderTotal: moneySource.optional(),
    EarliestShipDate: optionalText,
    LatestShipDate: optionalText,
    EarliestDeliveryDate: optionalText,
    LatestDeliveryDate: optionalText,
    ShipServiceLevel: optionalText,
    ShippingAddress: addressSource.optional(),
    BuyerInfo: z
      .looseObject({ BuyerEmail: optionalText, BuyerName: optionalText, PurchaseOrderNumber: optionalText })
      .optional(),
  }),
  items: z.array(itemSource).min(1),
});

/** Whether the buyer has paid Amazon. A pending order has neither prices nor an address. */
const states: Readonly<Record<string, Order['payment']['state']>> = {
  PendingAvailability: 'pending',
  Pending: 'pending',
  Unshipped: 'paid',
  PartiallyShipped: 'paid',
  Shipped: 'paid',
  InvoiceUnconfirmed: 'paid',
  Canceled: 'voided',
  Unfulfillable: 'paid',
};

/** An Amazon order of the Orders API v0. Tax comes on top of prices (United States); who owes it stands on each item. */
export function mapAmazonV0Order(body: Json, { connection, hash, offset }: Paper): Order {
  const { order, items } = parseWith(v0Source, body);
  if (order.OrderTotal === undefined)
    throw unmappable(
      'order.OrderTotal',
      `is absent while the order is ${order.OrderStatus}: it has no prices yet`,
    );
  const currency = order.OrderTotal.CurrencyCode;
  const currencies = { shop: currency, presentment: currency, settlement: null };
  const ref = (type: string, id: string) => ({ connection, type, id });
  const bagAt = (path: string, given: MoneySource | undefined): MoneyBag => {
    if (given !== undefined && given.CurrencyCode !== currency)
      throw unmappable(`${path}.CurrencyCode`, `${given.CurrencyCode}, but the order is in ${currency}`);
    return same(currency, given?.Amount ?? zero, `${path}.Amount`);
  };
  const isCancelled = order.OrderStatus === 'Canceled';
  const parts = items.map((item, index) =>
    mapItem(item, { path: `items[${index}]`, bagAt, ref, isCancelled }),
  );
  const sum = (pick: (item: ItemSource) => readonly (MoneySource | undefined)[]): Decimal =>
    sumOf(items.flatMap(pick).map((given) => given?.Amount ?? zero));
  const total = (amount: Decimal) => same(currency, amount, 'items');
  const updatedAt = instantOf(order.LastUpdateDate, offset, 'order.LastUpdateDate');
  const grand = bagAt('order.OrderTotal', order.OrderTotal);
  const isPaid = oneOf(states, order.OrderStatus, 'order.OrderStatus');
  return orderOf(
    {
      ref: ref('Order', order.AmazonOrderId),
      number: order.AmazonOrderId,
      version: { at: updatedAt, hash },
      channel: { kind: 'marketplace', name: order.SalesChannel, sourceIdentifier: order.MarketplaceId },
      orderedAt: instantOf(order.PurchaseDate, offset, 'order.PurchaseDate'),
      cancelled: isCancelled ? { at: updatedAt, reason: 'Canceled' } : null,
      currencies,
      soldTo: {
        party:
          order.BuyerInfo === undefined
            ? null
            : {
                kind: 'person',
                ref: null,
                email: order.BuyerInfo.BuyerEmail,
                emailVerified: false,
                phone: null,
                language: null,
                givenName: null,
                familyName: order.BuyerInfo.BuyerName,
              },
        address: null,
      },
      shipTo: {
        party: null,
        address: order.ShippingAddress === undefined ? null : mapAmazonAddress(order.ShippingAddress),
      },
      poNumber: order.BuyerInfo?.PurchaseOrderNumber ?? null,
      windows: [
        ...windowOf('ship', order.EarliestShipDate, order.LatestShipDate, offset, [
          'order.EarliestShipDate',
          'order.LatestShipDate',
        ]),
        ...windowOf('deliver', order.EarliestDeliveryDate, order.LatestDeliveryDate, offset, [
          'order.EarliestDeliveryDate',
          'order.LatestDeliveryDate',
        ]),
      ],
      lines: parts.flatMap(({ lines }) => lines),
      shipping: parts.flatMap(({ shipping }) => shipping),
      discounts: parts.flatMap(({ discounts }) => discounts),
      payment: { state: isPaid, transactions: [] },
      fulfillmentOrders: [
        {
          id: order.FulfillmentChannel,
          ref: ref('FulfillmentChannel', `${order.AmazonOrderId}/${order.FulfillmentChannel}`),
          location: null,
          method: 'ship',
          fulfilledBy: order.FulfillmentChannel === 'AFN' ? 'channel' : 'merchant',
          status: isCancelled
            ? 'cancelled'
            : items.every(({ QuantityOrdered, QuantityShipped }) => QuantityOrdered === QuantityShipped)
              ? 'closed'
              : 'open',
          carrier: { code: null, service: order.ShipServiceLevel, routing: null },
          lines: items.map(({ OrderItemId, QuantityOrdered, QuantityShipped }) => ({
            id: OrderItemId,
            lineId: OrderItemId,
            quantity: decimal(QuantityOrdered),
            remaining: decimal(QuantityOrdered - QuantityShipped),
          })),
          holds: [],
          fulfillAt: null,
          fulfillBy:
            order.LatestShipDate === null
              ? null
              : instantOf(order.LatestShipDate, offset, 'order.LatestShipDate'),
          extensions: {},
        },
      ],
      extensions: {
        amazon: {
          ...rest(order, [
            'AmazonOrderId',
            'PurchaseDate',
            'LastUpdateDate',
            'MarketplaceId',
            'SalesChannel',
            'OrderTotal',
            'EarliestShipDate',
            'LatestShipDate',
            'EarliestDeliveryDate',
            'LatestDeliveryDate',
            'ShipServiceLevel',
            'ShippingAddress',
            'BuyerInfo',
          ]),
          BuyerInfo: rest(order.BuyerInfo ?? {}, ['BuyerEmail', 'BuyerName', 'PurchaseOrderNumber']),
        },
      },
    },
    {
      lines: total(sum((item) => [item.ItemPrice])),
      discounts: total(sum((item) => [item.PromotionDiscount, item.ShippingDiscount, item.CODFeeDiscount])),
      shipping: total(sum((item) => [item.ShippingPrice])),
      tax: total(sum((item) => [item.ItemTax, item.ShippingTax, item.BuyerInfo?.GiftWrapTax])),
      duties: nothing(currencies),
      fees: total(sum((item) => [item.CODFee, item.BuyerInfo?.GiftWrapPrice])),
      tips: nothing(currencies),
      grand,
      original: grand,
      outstanding: isPaid === 'paid' || isCancelled ? nothing(currencies) : grand,
    },
  );
}

type Place = {
  readonly path: string;
  readonly isCancelled: boolean;
  readonly bagAt: (path: string, given: MoneySource | undefined) => MoneyBag;
  readonly ref: (type: string, id: string) => { connection: string; type: string; id: string };
};

function mapItem(
  item: ItemSource,
  { path, isCancelled, bagAt, ref }: Place,
): Pick<Order, 'lines' | 'shipping' | 'discounts'> {
  const id = item.OrderItemId;
  const discountId = `promotion/${id}`;
  const channelOwes = item.TaxCollection?.Model === 'MarketplaceFacilitator';
  const taxOf = (field: string, given: MoneySource | undefined): TaxLine[] =>
    given === undefined
      ? []
      : [
          {
            title: field.split('.').at(-1) ?? field,
            jurisdiction: null,
            component: null,
            code: null,
            rate: null,
            base: null,
            amount: bagAt(`${path}.${field}`, given),
            included: false,
            exemption: null,
            liable: channelOwes ? 'channel' : 'merchant',
          },
        ];
  const allocated = (field: string, given: MoneySource | undefined) =>
    given === undefined || Number(given.Amount) === 0
      ? []
      : [{ discountId, amount: bagAt(`${path}.${field}`, given) }];
  const [ordered, shipped] = [decimal(item.QuantityOrdered), decimal(item.QuantityShipped)];
  const price = item.ItemPrice?.Amount ?? zero;
  const plain = {
    parentId: null,
    charged: true,
    product: null,
    variantTitle: null,
    unit: 'C62',
    promisedAt: null,
    duties: [],
    weightGrams: null,
    serialNumbers: [],
    attributes: [],
    extensions: {},
  };
  const line: OrderLine = {
    ...plain,
    id,
    ref: ref('OrderItem', id),
    kind: 'product',
    sku: item.SellerSKU,
    title: item.Title,
    identifiers: identifiers({ asin: item.ASIN }),
    ordered,
    current: isCancelled ? shipped : ordered,
    quantities: standing(
      ordered,
      isCancelled ? { shipped, cancelled: subtractDecimals(ordered, shipped) } : { shipped },
    ),
    // The price is for the whole line; dividing it would round.
    unitPrice: { shop: price, presentment: price, per: item.QuantityOrdered === 0 ? decimal('1') : ordered },
    subtotal: bagAt(`${path}.ItemPrice`, item.ItemPrice),
    discounts: allocated('PromotionDiscount', item.PromotionDiscount),
    taxes: taxOf('ItemTax', item.ItemTax),
    taxable: item.ItemTax !== undefined && Number(item.ItemTax.Amount) !== 0,
    requiresShipping: true,
    serialNumbers: item.SerialNumbers,
    extensions: {
      amazon: {
        ...rest(item, [
          'ASIN',
          'OrderItemId',
          'SellerSKU',
          'Title',
          'QuantityOrdered',
          'QuantityShipped',
          'ItemPrice',
          'ItemTax',
          'ShippingPrice',
          'ShippingTax',
          'PromotionDiscount',
          'ShippingDiscount',
          'CODFee',
          'CODFeeDiscount',
          'SerialNumbers',
          'BuyerInfo',
        ]),
        BuyerInfo: rest(item.BuyerInfo ?? {}, ['GiftWrapPrice', 'GiftWrapTax']),
      },
    },
  };
  const fee = (
    name: string,
    field: string,
    given: MoneySource | undefined,
    tax: TaxLine[],
    discounts: OrderLine['discounts'],
  ): OrderLine[] =>
    given === undefined
      ? []
      : [
          {
            ...plain,
            id: `${id}/${name}`,
            ref: ref('OrderItem', id),
            parentId: id,
            kind: 'fee',
            sku: null,
            title: name,
            ordered: decimal('1'),
            current: decimal('1'),
            quantities: standing(decimal('1'), {}),
            unitPrice: { shop: given.Amount, presentment: given.Amount, per: decimal('1') },
            subtotal: bagAt(`${path}.${field}`, given),
            discounts,
            taxes: tax,
            taxable: tax.length > 0,
            requiresShipping: false,
          },
        ];
  const isReduced = [item.PromotionDiscount, item.ShippingDiscount, item.CODFeeDiscount].some(
    (given) => given !== undefined && Number(given.Amount) !== 0,
  );
  return {
    lines: [
      line,
      ...fee(
        'GiftWrapPrice',
        'BuyerInfo.GiftWrapPrice',
        item.BuyerInfo?.GiftWrapPrice,
        taxOf('BuyerInfo.GiftWrapTax', item.BuyerInfo?.GiftWrapTax),
        [],
      ),
      ...fee('CODFee', 'CODFee', item.CODFee, [], allocated('CODFeeDiscount', item.CODFeeDiscount)),
    ],
    shipping:
      item.ShippingPrice === undefined
        ? []
        : [
            {
              id: `${id}/shipping`,
              code: null,
              title: 'ShippingPrice',
              carrier: null,
              price: bagAt(`${path}.ShippingPrice`, item.ShippingPrice),
              discounts: allocated('ShippingDiscount', item.ShippingDiscount),
              taxes: taxOf('ShippingTax', item.ShippingTax),
              extensions: {},
            },
          ],
    discounts: isReduced
      ? [
          {
            id: discountId,
            kind: 'other',
            code: item.PromotionIds.length === 1 ? (item.PromotionIds[0] ?? null) : null,
            title: null,
            value: { type: 'unstated' },
            target: 'line',
          },
        ]
      : [],
  };
}
