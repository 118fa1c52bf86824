import { addDecimals, compareDecimals, type Decimal, subtractDecimals, decimal } from '#canonical/decimal.ts';
import type { Json, JsonObject } from '#canonical/json.ts';
import type { MoneyBag } from '#canonical/money.ts';
import type { Order } from '#canonical/order.ts';
import type { OrderLine } from '#canonical/order-line.ts';
import type { Address } from '#canonical/party.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import {
  amount,
  fraction,
  instantOf,
  nothing,
  oneOf,
  orderOf,
  type Paper,
  rest,
  standing,
  zero,
} from '../reading.ts';
import { type AddressSource, type ItemSource, type OrderSource, orderSource } from './order-source.ts';

type Bag = (field: string, shop: Decimal, presentment: Decimal) => MoneyBag;
const isPositive = (number: Decimal) => compareDecimals(number, zero) > 0;

const kinds: Readonly<Record<string, OrderLine['kind']>> = {
  simple: 'product',
  virtual: 'product',
  downloadable: 'product',
  grouped: 'product',
  configurable: 'configurable',
  bundle: 'bundle',
  giftcard: 'gift-card',
};
const paymentStates: Readonly<Record<string, Order['payment']['state']>> = {
  new: 'pending',
  pending_payment: 'pending',
  payment_review: 'pending',
  holded: 'pending',
  processing: 'authorized',
  complete: 'paid',
  closed: 'refunded',
  canceled: 'voided',
};

/** A Magento / Adobe Commerce REST order. `base_*` is the shop's currency, the unprefixed amounts are the buyer's. */
export function mapAdobeOrder(body: Json, { connection, hash, offset }: Paper): Order {
  const order = parseWith(orderSource, body);
  const currencies = {
    shop: order.base_currency_code,
    presentment: order.order_currency_code,
    settlement: null,
  };
  const bag: Bag = (field, shop, presentment) => ({
    shop: amount('shop', currencies.shop, shop, `base_${field}`),
    presentment: amount('presentment', currencies.presentment, presentment, field),
  });
  const ref = (type: string, id: string) => ({ connection, type, id });
  const discountId = 'cart-rules';
  const [assignment] = order.extension_attributes.shipping_assignments;
  const cards = order.extension_attributes;
  const giftCards = {
    shop: cards.base_gift_cards_amount ?? zero,
    presentment: cards.gift_cards_amount ?? zero,
  };
  const lines = order.items.map((item, index) => mapItem(item, order, { bag, index, ref, discountId }));
  const isPaid =
    order.total_paid !== null &&
    order.total_paid !== undefined &&
    compareDecimals(order.total_due, zero) === 0;
  const person = {
    kind: 'person' as const,
    ref:
      order.customer_id === null || order.customer_id === undefined
        ? null
        : ref('customer', order.customer_id),
    email: order.customer_email,
    emailVerified: false,
    phone: null,
    language: null,
    givenName: order.customer_firstname,
    familyName: order.customer_lastname,
  };
  const updatedAt = instantOf(order.updated_at, offset, 'updated_at');
  return orderOf(
    {
      ref: ref('order', order.entity_id),
      number: order.increment_id,
      version: { at: updatedAt, hash },
      channel: { kind: 'web', name: order.store_name, sourceIdentifier: order.store_id },
      orderedAt: instantOf(order.created_at, offset, 'created_at'),
      cancelled: order.state === 'canceled' ? { at: updatedAt, reason: 'canceled' } : null,
      holds:
        order.state === 'holded'
          ? [{ kind: 'manual', note: null }]
          : order.state === 'payment_review'
            ? [{ kind: 'payment', note: null }]
            : [],
      currencies,
      soldTo: { party: person, address: null },
      billTo: { party: null, address: mapAddress(order.billing_address) },
      shipTo: {
        party: null,
        address: assignment === undefined ? null : mapAddress(assignment.shipping.address),
      },
      lines,
      shipping:
        assignment === undefined ? [] : [mapShipping(order, assignment.shipping.method, bag, discountId)],
      discounts:
        order.applied_rule_ids === null || isZero(order.discount_amount)
          ? []
          : [
              {
                id: discountId,
                kind: order.coupon_code === null ? 'automatic' : 'code',
                code: order.coupon_code,
                title: order.discount_description,
                value: { type: 'unstated' },
                target: 'order',
                extensions: { adobe: { applied_rule_ids: order.applied_rule_ids } },
              },
            ],
      payment: {
        state: isPaid ? 'paid' : oneOf(paymentStates, order.state, 'state'),
        transactions: isPositive(giftCards.presentment)
          ? [
              {
                id: 'gift-cards',
                ref: ref('gift_cards', order.entity_id),
                parentId: null,
                kind: 'sale',
                status: 'succeeded',
                method: 'gift_card',
                instrument: 'gift-card',
                amount: bag('gift_cards_amount', giftCards.shop, giftCards.presentment),
                settlement: null,
                at: instantOf(order.created_at, offset, 'created_at'),
                expiresAt: null,
                gatewayReference: null,
                error: null,
                test: false,
                extensions: {},
              },
            ]
          : [],
      },
      extensions: {
        adobe: {
          ...rest(order, read),
          ...(order.applied_rule_ids === null ? {} : { applied_rule_ids: order.applied_rule_ids }),
          payment: order.payment as JsonObject,
          ...(order.total_paid === undefined || order.total_paid === null
            ? {}
            : { total_paid: order.total_paid }),
          extension_attributes: rest(order.extension_attributes, [
            'shipping_assignments',
            'gift_cards_amount',
            'base_gift_cards_amount',
          ]),
          shipping: rest(assignment?.shipping ?? {}, ['address', 'method']),
        },
      },
    },
    {
      lines: bag('subtotal', order.base_subtotal, order.subtotal),
      // The order's own discount is negative and holds what came off shipping.
      discounts: bag('discount_amount', negated(order.base_discount_amount), negated(order.discount_amount)),
      shipping: bag('shipping_amount', order.base_shipping_amount, order.shipping_amount),
      tax: bag('tax_amount', order.base_tax_amount, order.tax_amount),
      duties: nothing(currencies),
      fees: nothing(currencies),
      tips: nothing(currencies),
      // Gift cards pay: here they reduce what is outstanding, there they reduce the total itself.
      grand: bag(
        'grand_total',
        addDecimals(order.base_grand_total, giftCards.shop),
        addDecimals(order.grand_total, giftCards.presentment),
      ),
      original: bag(
        'grand_total',
        addDecimals(order.base_grand_total, giftCards.shop),
        addDecimals(order.grand_total, giftCards.presentment),
      ),
      outstanding: bag('total_due', order.base_total_due, order.total_due),
    },
  );
}

const isZero = (number: Decimal) => compareDecimals(number, zero) === 0;
const negated = (number: Decimal) => subtractDecimals(zero, number);

const read = [
  'entity_id',
  'increment_id',
  'created_at',
  'updated_at',
  'base_currency_code',
  'order_currency_code',
  'store_id',
  'store_name',
  'customer_id',
  'customer_email',
  'customer_firstname',
  'customer_lastname',
  'coupon_code',
  'discount_description',
  'discount_amount',
  'base_discount_amount',
  'subtotal',
  'base_subtotal',
  'tax_amount',
  'base_tax_amount',
  'grand_total',
  'base_grand_total',
  'total_due',
  'base_total_due',
  'shipping_amount',
  'base_shipping_amount',
  'shipping_tax_amount',
  'base_shipping_tax_amount',
  'shipping_discount_amount',
  'base_shipping_discount_amount',
  'shipping_description',
  'items',
  'billing_address',
  'extension_attributes',
  'payment',
];

type ItemPlace = {
  readonly bag: Bag;
  readonly index: number;
  readonly ref: (type: string, id: string) => { connection: string; type: string; id: string };
  readonly discountId: string;
};

function mapItem(
  item: ItemSource,
  order: OrderSource,
  { bag, index, ref, discountId }: ItemPlace,
): OrderLine {
  const path = `items[${index}]`;
  const children = order.items.filter(({ parent_item_id }) => parent_item_id === item.item_id);
  const parent = order.items.find(({ item_id }) => item_id === item.parent_item_id);
  // A bundle whose parts have prices is the sum of them; one with a price of its own, and a configurable line, has parts without.
  const isSum = (line: ItemSource) =>
    line.product_type === 'bundle' &&
    order.items.some(
      ({ parent_item_id, row_total }) => parent_item_id === line.item_id && isPositive(row_total),
    );
  const charged = children.length > 0 ? !isSum(item) : parent === undefined || isSum(parent);
  const ordered = item.qty_ordered;
  return {
    id: item.item_id,
    ref: ref('order_item', item.item_id),
    parentId: item.parent_item_id ?? null,
    kind: oneOf(kinds, item.product_type, `${path}.product_type`),
    charged,
    sku: item.sku,
    product:
      item.product_id === undefined || item.product_id === null ? null : ref('product', item.product_id),
    title: item.name,
    variantTitle: null,
    unit: 'C62',
    ordered,
    current: subtractDecimals(ordered, item.qty_canceled),
    quantities: standing(ordered, { shipped: item.qty_shipped, cancelled: item.qty_canceled }),
    promisedAt: null,
    unitPrice: { shop: item.base_price, presentment: item.price, per: decimal('1') },
    subtotal: bag(`${path}.row_total`, item.base_row_total, item.row_total),
    discounts:
      charged && (isPositive(item.discount_amount) || isPositive(item.base_discount_amount))
        ? [
            {
              discountId,
              amount: bag(`${path}.discount_amount`, item.base_discount_amount, item.discount_amount),
            },
          ]
        : [],
    taxes:
      charged &&
      (isPositive(item.tax_amount) || isPositive(item.base_tax_amount) || isPositive(item.tax_percent))
        ? [
            {
              title: 'Tax',
              jurisdiction: null,
              component: null,
              code: null,
              rate: fraction(item.tax_percent),
              base: null,
              amount: bag(`${path}.tax_amount`, item.base_tax_amount, item.tax_amount),
              included: false,
              exemption: null,
              liable: 'merchant',
            },
          ]
        : [],
    duties: [],
    taxable: isPositive(item.tax_amount),
    requiresShipping: item.is_virtual === 0 && children.length === 0,
    weightGrams: null,
    serialNumbers: [],
    attributes: [],
    extensions: { adobe: { ...rest(item, [...readOfItem, ...(charged ? amountsOfItem : [])]) } },
  };
}

const readOfItem = [
  'item_id',
  'parent_item_id',
  'product_id',
  'sku',
  'name',
  'qty_ordered',
  'qty_shipped',
  'qty_canceled',
  'price',
  'base_price',
  'row_total',
  'base_row_total',
];
/** What the sum of a bundle repeats of its parts is carried, but counted nowhere. */
const amountsOfItem = [
  'discount_amount',
  'base_discount_amount',
  'tax_percent',
  'tax_amount',
  'base_tax_amount',
];

function mapShipping(
  order: OrderSource,
  method: string,
  bag: Bag,
  discountId: string,
): Order['shipping'][number] {
  return {
    id: 'shipping',
    code: method,
    title: order.shipping_description ?? method,
    carrier: method.split('_')[0] ?? null,
    price: bag('shipping_amount', order.base_shipping_amount, order.shipping_amount),
    discounts:
      isPositive(order.shipping_discount_amount) || isPositive(order.base_shipping_discount_amount)
        ? [
            {
              discountId,
              amount: bag(
                'shipping_discount_amount',
                order.base_shipping_discount_amount,
                order.shipping_discount_amount,
              ),
            },
          ]
        : [],
    taxes:
      isPositive(order.shipping_tax_amount) || isPositive(order.base_shipping_tax_amount)
        ? [
            {
              title: 'Shipping tax',
              jurisdiction: null,
              component: null,
              code: null,
              rate: null,
              base: null,
              amount: bag('shipping_tax_amount', order.base_shipping_tax_amount, order.shipping_tax_amount),
              included: false,
              exemption: null,
              liable: 'merchant',
            },
          ]
        : [],
    extensions: {},
  };
}

function mapAddress(address: AddressSource): Address {
  const name = [address.firstname, address.lastname].filter((part) => part !== null).join(' ');
  return {
    name: name === '' ? null : name,
    company: address.company,
    lines: address.street.filter((line) => line.trim() !== ''),
    city: address.city,
    subdivision: address.region_code === null ? null : `${address.country_id}-${address.region_code}`,
    subdivisionName: address.region,
    postalCode: address.postcode,
    country: address.country_id,
    phone: address.telephone,
    extensions: {
      adobe: rest(address, [
        'street',
        'city',
        'region',
        'region_code',
        'postcode',
        'country_id',
        'telephone',
        'company',
      ]),
    },
  };
}
