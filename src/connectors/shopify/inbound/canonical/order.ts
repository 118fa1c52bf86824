import { foundedId } from '#canonical/identity.ts';
import { type Order, orderSchema } from '#canonical/order.ts';
import { paymentStates } from '#canonical/payment.ts';
import type { SourceVersion } from '#canonical/primitives.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';
import { shopifyRef } from '../../gid.ts';
import type { GraphqlFulfillmentOrder } from '../source/graphql-schema.ts';
import type { SourceOrder, SourcePaymentTerms, SourceTransaction } from '../source/source-order.ts';
import { canonicalAllocations, canonicalDiscount } from './discounts.ts';
import { canonicalFulfillmentOrder } from './fulfillment-order.ts';
import { canonicalLines } from './lines.ts';
import { buyer, role } from './parties.ts';
import { canonicalPayment, isProposal } from './payment.ts';
import { canonicalRefund } from './refund.ts';
import { canonicalShipment } from './shipment.ts';
import { taxLines } from './taxes.ts';
import { canonicalTotals } from './totals.ts';

/** Where an order came from; the kind is for rules, the name is Shopify's own. */
const channels: Readonly<Record<string, Order['channel']['kind']>> = {
  web: 'web',
  pos: 'pos',
  shopify_draft_order: 'draft',
  iphone: 'app',
  android: 'app',
  subscription_contract: 'subscription',
  subscription_contract_checkout_one: 'subscription',
};

/** What only a read of the Admin API carries beside the order itself. */
export type ReadBeside = {
  readonly transactions: readonly SourceTransaction[];
  readonly fulfillmentOrders: readonly GraphqlFulfillmentOrder[];
};

/** The one mapping of an order, for webhooks and reads alike. @throws UnmappableError */
export function canonicalOrder(
  source: SourceOrder,
  connection: string,
  version: SourceVersion,
  beside: ReadBeside = { transactions: [], fulfillmentOrders: [] },
): Order {
  const party = buyer(source, connection);
  const ref = shopifyRef(connection, 'Order', source.id);
  const order: Order = {
    schema: 'order/1',
    id: foundedId('order', ref),
    ref,
    number: source.name,
    version,
    test: source.test,
    channel: {
      kind: source.company !== null ? 'b2b' : (channels[source.sourceName ?? ''] ?? 'other'),
      name: source.sourceName,
      sourceIdentifier: source.sourceIdentifier,
    },
    orderedAt: source.processedAt,
    createdAt: source.createdAt,
    businessDate: null,
    taxPointDate: null,
    postingDate: null,
    cancelled:
      source.cancelledAt === null
        ? null
        : { at: source.cancelledAt, reason: source.cancelReason ?? 'unspecified' },
    closedAt: source.closedAt,
    currencies: { shop: source.shopCurrency, presentment: source.presentmentCurrency, settlement: null },
    taxesIncluded: source.taxesIncluded,
    dutiesIncluded: source.dutiesIncluded,
    taxExempt: source.taxExempt,
    soldTo: role(party, null),
    billTo: role(party, source.billingAddress),
    shipTo: role(party, source.shippingAddress),
    payer: role(party, source.billingAddress),
    poNumber: source.poNumber,
    paymentTerms: source.paymentTerms && paymentTerms(source.paymentTerms),
    lines: canonicalLines(source, connection),
    shipping: source.shippingLines
      .filter(({ removed }) => !removed)
      .map((line) => ({
        id: line.id,
        code: line.code,
        title: line.title,
        carrier: line.carrier,
        price: line.price,
        discounts: canonicalAllocations(line.allocations),
        taxes: taxLines(line.taxes, source.taxesIncluded),
        extensions: {},
      })),
    discounts: source.discounts.map(canonicalDiscount),
    payment: {
      state: paymentState(source.financialStatus),
      transactions: beside.transactions
        .filter((transaction) => !isProposal(transaction))
        .map((transaction, index) => canonicalPayment(transaction, connection, `transactions[${index}].`)),
    },
    fulfillmentOrders: beside.fulfillmentOrders.map((order) => canonicalFulfillmentOrder(order, connection)),
    shipments: source.fulfillments.map((fulfillment, index) =>
      canonicalShipment(fulfillment, connection, `fulfillments[${index}].`),
    ),
    refunds: source.refunds.map((refund) => canonicalRefund(refund, connection)),
    // Shopify's holds stand on fulfilment orders, not on the order.
    holds: [],
    totals: canonicalTotals(source),
    tags: [...source.tags].sort(),
    note: source.note,
    attributes: source.attributes.map(({ name, value }) => ({ name, value })),
    extensions: { shopify: extensionOf(source) },
  };
  return parseWith(orderSchema, order);
}

function paymentState(status: string): Order['payment']['state'] {
  const state = paymentStates.find((known) => known === status.replaceAll('_', '-'));
  if (state === undefined) throw unmappable('financial_status', `"${status}" is not known`);
  return state;
}

/** The crosswalk's key: `net-30`, `fixed`, `receipt`, `fulfillment`. */
const paymentTerms = (terms: SourcePaymentTerms): Order['paymentTerms'] => ({
  code:
    terms.type === 'net' && terms.dueInDays !== null
      ? `net-${terms.dueInDays}`
      : terms.type.replaceAll('_', '-'),
  name: terms.name,
  dueInDays: terms.dueInDays,
  dueAt: terms.dueAt,
});

/** What Shopify says and our words have no place for. Cash rounding is of payments and refunds; the grand total is without it. */
function extensionOf(source: SourceOrder): Order['extensions'][string] {
  const { cashRoundingOfPayments: payments, cashRoundingOfRefunds: refunds } = source.totals;
  return {
    confirmed: source.confirmed,
    paymentGateways: [...source.paymentGateways],
    ...(payments !== null && payments.shop.amountMinor !== 0 && { cashRoundingOfPayments: payments }),
    ...(refunds !== null && refunds.shop.amountMinor !== 0 && { cashRoundingOfRefunds: refunds }),
  };
}
