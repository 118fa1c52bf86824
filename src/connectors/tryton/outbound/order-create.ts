import type { CommandPayload } from '#canonical/command.ts';
import type { Order } from '#canonical/order.ts';
import { parseWith, type RenderContext } from '#connector-sdk/mapping.ts';
import { renderConfigSchema, type RenderConfig } from '../config.ts';
import type { Looked, OrderCreateRequest } from './request.ts';
import { saleLines } from './sale-lines.ts';
import { saleAddresses, saleParty } from './sale-party.ts';

/** The sale that an order becomes. The buyer's (presentment) amounts are booked. @throws UnmappableError */
export function renderOrderCreate(
  { order }: CommandPayload<'erp.order.create'>,
  context: RenderContext,
): OrderCreateRequest {
  const config = parseWith(renderConfigSchema, pickRenderConfig(context.config));
  const currency = order.currencies.presentment;
  const addresses = saleAddresses(order, context);
  const roundingCode = context.crosswalkOptional('item', 'rounding');
  return {
    reference: order.id,
    description: order.poNumber === null ? order.number : `${order.number} / PO ${order.poNumber}`,
    saleDate: order.businessDate ?? order.orderedAt.slice(0, 10),
    party: saleParty(order, config),
    invoiceAddress: addresses.invoice,
    shipmentAddress: addresses.shipment,
    currency: {
      code: context.crosswalkOptional('currency', currency) ?? currency,
      path: 'order.currencies.presentment',
      table: 'currency',
      key: currency,
    },
    warehouse: warehouse(order, config, context),
    paymentTerm: paymentTerm(order, config, context),
    invoiceMethod: config.invoiceMethod,
    shipmentMethod: config.shipmentMethod,
    lines: saleLines(order, { context, config, currency }),
    rounding:
      roundingCode === null
        ? null
        : { code: roundingCode, path: 'order.totals.rounding', table: 'item', key: 'rounding' },
    currencyCode: currency,
    taxMinor: order.totals.tax.presentment.amountMinor,
    totalMinor: order.totals.grand.presentment.amountMinor,
  };
}

/** Two orders of one buyer take turns, so that neither makes a party or an address twice. */
export const orderConflictKeys = ({ party }: OrderCreateRequest): readonly string[] => [
  `party.party/${party.code}`,
];

/** A sale leaves from one warehouse; the order's open fulfilment orders say which, where they agree. */
function warehouse(order: Order, config: RenderConfig, context: RenderContext): Looked {
  const locations = order.fulfillmentOrders.flatMap(({ status, location }, index) =>
    location === null || status === 'closed' || status === 'cancelled' ? [] : [{ location, index }],
  );
  const [first] = locations;
  if (first === undefined || locations.some(({ location }) => location.id !== first.location.id)) {
    return {
      code: config.warehouse,
      path: 'order.fulfillmentOrders',
      table: 'location',
      key: config.warehouse,
    };
  }
  const path = `order.fulfillmentOrders[${first.index}].location`;
  return {
    code: context.crosswalkOptional('location', first.location.id) ?? config.warehouse,
    path,
    table: 'location',
    key: first.location.id,
  };
}

function paymentTerm(order: Order, config: RenderConfig, context: RenderContext): Looked | null {
  if (order.paymentTerms !== null) {
    const { code: key } = order.paymentTerms;
    const path = 'order.paymentTerms.code';
    return { code: context.crosswalk('payment-terms', key, path), path, table: 'payment-terms', key };
  }
  const method =
    order.payment.transactions.find(
      ({ status, kind }) => status === 'succeeded' && kind !== 'refund' && kind !== 'void',
    )?.method ?? null;
  const byMethod = method === null ? null : context.crosswalkOptional('payment-method', method);
  const code = byMethod ?? config.paymentTerm;
  return code === null
    ? null
    : { code, path: 'order.payment.transactions', table: 'payment-method', key: method ?? '' };
}

/** Only the fields that rendering looks at: the stored settings also hold those of others, and a secret. */
function pickRenderConfig(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([name]) => name in renderConfigSchema.shape));
}
