import type { CommandPayload } from '#canonical/command.ts';
import type { JsonObject } from '#canonical/json.ts';
import { money, moneyToDecimal } from '#canonical/money.ts';
import type { Order } from '#canonical/order.ts';
import type { Address } from '#canonical/party.ts';
import { parseWith, type RenderContext } from '#connector-sdk/mapping.ts';
import { accountText } from '../account-time.ts';
import { renderConfigSchema } from '../config.ts';
import { computed, mapAll, mapBoth } from '#connector-sdk/all-problems.ts';
import { orderKey } from './external-key.ts';
import { foreseenTotal } from './foreseen-rounding.ts';
import { lineLocations } from './line-locations.ts';
import { netOfShipping, rateOf } from './net-amounts.ts';
import { orderAddress } from './order-address.ts';
import { orderCustomer } from './order-customer.ts';
import { orderDeposits } from './order-deposits.ts';
import { orderLines, type PricedLine, type Rendering } from './order-lines.ts';
import { itemName, recordName } from './record-name.ts';
import type { LineRequest, Looked, OrderCreateRequest } from './request.ts';
import { taxCode, untaxed } from './tax-code.ts';

/** The sales order that an order becomes. The buyer's (presentment) amounts are booked. @throws UnmappableError */
export const renderOrderCreate = (
  { order }: CommandPayload<'erp.order.create'>,
  context: RenderContext,
): OrderCreateRequest => renderOrder(order, context, order.totals.grand.presentment.amountMinor);

/** The same with the total that it should come to, in minor units; null where nobody says one. @throws UnmappableError */
export function renderOrder(
  order: Order,
  context: RenderContext,
  statedMinor: number | null,
): OrderCreateRequest {
  const config = parseWith(renderConfigSchema, pickRenderConfig(context.config));
  const currency = order.currencies.presentment;
  const rendering: Rendering = { context, config, currency };
  const [[priced, header], deposits] = mapBoth(
    () =>
      mapBoth(
        () => orderLines(order, rendering),
        () => orderHeader(order, rendering),
      ),
    () => (config.deposits === 'paid' ? orderDeposits(order, context) : []),
  );
  const roundingWord = context.crosswalkOptional('item', 'rounding');
  const rounding: Looked | null =
    roundingWord === null
      ? null
      : { record: itemName(roundingWord), path: 'order.totals.rounding', table: 'item', key: 'rounding' };
  return {
    key: orderKey(order.id),
    customer: orderCustomer(order, { config, subsidiary: subsidiary(order, rendering) }),
    header,
    currency: {
      record: itemName(context.crosswalkOptional('currency', currency) ?? currency),
      path: 'order.currencies.presentment',
      table: 'currency',
      key: currency,
    },
    lines: [
      ...located(order, priced, context),
      ...foreseenRounding(order, { priced, rounding, statedMinor }, rendering),
    ],
    rounding,
    untaxed: config.taxes === 'account' ? null : untaxed(context),
    currencyCode: currency,
    taxMinor: order.totals.tax.presentment.amountMinor,
    totalMinor: statedMinor ?? order.totals.grand.presentment.amountMinor,
    ...(deposits.length > 0 && { deposits }),
  };
}

function located(
  order: Order,
  priced: readonly PricedLine[],
  context: RenderContext,
): readonly LineRequest[] {
  const locations = lineLocations(order, context);
  return priced.map(({ line }) => {
    const place = line.lineId === null ? undefined : locations.get(line.lineId);
    return place === undefined ? line : { ...line, location: place };
  });
}

/** The line that makes up for what NetSuite's taxes are going to round otherwise than the source's; within the tolerance only. */
function foreseenRounding(
  order: Order,
  {
    priced,
    rounding,
    statedMinor,
  }: {
    readonly priced: readonly PricedLine[];
    readonly rounding: Looked | null;
    readonly statedMinor: number | null;
  },
  { config, context, currency }: Rendering,
): readonly LineRequest[] {
  if (config.taxes === 'account' || rounding === null || statedMinor === null) return [];
  const carriage = {
    netMinor: order.shipping.reduce((sum, line) => sum + netOfShipping(line), 0),
    taxRate: rateOf(order.shipping[0]?.taxes ?? []),
  };
  const missing = computed('order.totals.grand', () => {
    const { taxRounding } = config;
    const foreseen = foreseenTotal([...priced, carriage], { currency, taxRounding });
    return foreseen === null ? 0 : statedMinor - foreseen;
  });
  if (missing === 0 || Math.abs(missing) > config.roundingToleranceMinor) return [];
  const amount = moneyToDecimal(money('presentment', currency, missing));
  return [
    {
      lineId: null,
      item: rounding,
      description: 'Rounding',
      quantity: '1',
      rate: amount,
      amount,
      units: null,
      taxCode: untaxed(context),
    },
  ];
}

/** Two orders of one buyer take turns, so that neither saves the customer while the other does. */
export const orderConflictKeys = ({ key, customer }: OrderCreateRequest): readonly string[] => [
  `salesOrder/${key}`,
  `customer/${customer.key}`,
];

function orderHeader(order: Order, rendering: Rendering): JsonObject {
  const { config, context } = rendering;
  const parts: readonly (() => JsonObject)[] = [
    () => reference('subsidiary', subsidiary(order, rendering)),
    () => reference('location', location(order, rendering)),
    () => shipping(order, rendering),
    () => payment(order, context),
    () => address('billingAddress', order.billTo.address ?? order.shipTo.address, context),
    () => address('shippingAddress', order.shipTo.address ?? order.billTo.address, context),
  ];
  return {
    tranDate: order.businessDate ?? accountText(Date.parse(order.orderedAt), config.timeZone).slice(0, 10),
    orderStatus: { id: config.orderStatus },
    otherRefNum: (order.poNumber ?? order.number).slice(0, 45),
    memo: order.number,
    ...Object.assign({}, ...mapAll(parts, (part) => part())),
  };
}

const reference = (field: string, value: JsonObject | null): JsonObject =>
  value === null ? {} : { [field]: value };

/** The shop says which subsidiary sells. */
function subsidiary(order: Order, { config, context }: Rendering): JsonObject | null {
  const word = context.crosswalkOptional('subsidiary', order.ref.connection) ?? config.subsidiary;
  return word === null ? null : recordName(word, 'order.ref.connection');
}

/** An order leaves from one location; its open fulfilment orders say which, where they agree. */
function location(order: Order, { config, context }: Rendering): JsonObject | null {
  const open = order.fulfillmentOrders.flatMap(({ status, location: place }, index) =>
    place === null || status === 'closed' || status === 'cancelled' ? [] : [{ id: place.id, index }],
  );
  const [first] = open;
  const agreed = first !== undefined && open.every(({ id }) => id === first.id) ? first : null;
  const word = (agreed === null ? null : context.crosswalkOptional('location', agreed.id)) ?? config.location;
  return word === null ? null : recordName(word, `order.fulfillmentOrders[${agreed?.index ?? 0}].location`);
}

/** Carriage is one cost by one method in NetSuite: the first line's, with the sum of all. */
function shipping(order: Order, { config, context, currency }: Rendering): JsonObject {
  const [first] = order.shipping;
  if (first === undefined) return {};
  const [method, code] = mapBoth(
    () =>
      recordName(
        context.crosswalk('ship-method', first.code ?? first.title, 'order.shipping[0].code'),
        'order.shipping[0].code',
      ),
    () => (config.taxes === 'account' ? null : taxCode(first.taxes, 'order.shipping[0].taxes', context)),
  );
  const cost = computed('order.shipping', () =>
    moneyToDecimal(
      money(
        'presentment',
        currency,
        order.shipping.reduce((sum, line) => sum + netOfShipping(line), 0),
      ),
    ),
  );
  return { shipMethod: method, shippingCost: { decimal: cost }, ...reference('shippingTaxCode', code) };
}

/** Terms for a buyer on account; else the method that paid, where the account keeps one for it. */
function payment(order: Order, context: RenderContext): JsonObject {
  if (order.paymentTerms !== null) {
    const path = 'order.paymentTerms.code';
    return { terms: recordName(context.crosswalk('payment-terms', order.paymentTerms.code, path), path) };
  }
  const paid = order.payment.transactions.find(
    ({ status, kind }) => status === 'succeeded' && kind !== 'refund' && kind !== 'void',
  );
  const word = paid === undefined ? null : context.crosswalkOptional('payment-method', paid.method);
  return word === null ? {} : { paymentMethod: recordName(word, 'order.payment.transactions') };
}

function address(field: string, value: Address | null, context: RenderContext): JsonObject {
  if (value === null) return {};
  const country =
    value.country === null ? null : (context.crosswalkOptional('country', value.country) ?? value.country);
  return { [field]: orderAddress(value, country) };
}

/** Only the fields that rendering looks at: the stored settings also hold secrets. */
function pickRenderConfig(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([name]) => name in renderConfigSchema.shape));
}
