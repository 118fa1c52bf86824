import type { Json } from '#canonical/json.ts';
import type { CallBounds, ShopifyClient } from './client.ts';
import type { Failure } from './graphql-answer.ts';
import { gid } from './gid.ts';
import { orderFulfilmentQuery } from './queries/order-fulfilment.ts';
import { orderRefundsQuery } from './queries/order-refunds.ts';
import { orderLinesQuery } from './queries/order-lines.ts';
import { orderQuery } from './queries/order.ts';
import { remainingItemsQuery } from './queries/remaining-items.ts';

type JsonRecord = { [key: string]: Json };
type Page = { nodes: JsonRecord[]; pageInfo: { hasNextPage: boolean; endCursor?: string | null } };

export type OrderRead =
  { readonly kind: 'order'; readonly body: JsonRecord } | { readonly kind: 'absent' } | Failure;

/**
 * First pages are small: a query may ask for 1,000 points at most, and what it asks for must be in the bucket before it runs. Second
 * sizes are for orders with more fulfilments or refunds, whose lines then come one page each.
 */
export const firstPage = { lines: 8, transactions: 10 } as const;
export const fulfilmentSizes = [
  { fulfillments: 4, items: 8 },
  { fulfillments: 50, items: 1 },
] as const;
export const refundSizes = [
  { refunds: 3, items: 5 },
  { refunds: 14, items: 1 },
] as const;

/**
 * The whole order in one body, put together from as few queries as its size needs. When it changes between two of them the outcome is
 * `conflict`: the same read a little later. A failure of any of them is the failure of all.
 */
export async function readOrder(id: string, call: CallBounds, client: ShopifyClient): Promise<OrderRead> {
  const head = await client.run(orderQuery, { id: gid('Order', id), ...firstPage, linesAfter: null }, call);
  if (head.kind !== 'answer') return head;
  const order = head.data.order as JsonRecord | null;
  if (order === null) return { kind: 'absent' };
  const tooLarge = cutOff(order);
  if (tooLarge !== null) return tooLarge;

  const lines = await remainingLines(id, order['lineItems'] as Page, order['updatedAt'], call, client);
  if (lines.kind !== 'lines') return lines;
  const fulfilment = await readFulfilment(id, call, client);
  if (fulfilment.kind !== 'part') return fulfilment;
  const hasRefunds = (order['refunds'] as Json[]).length > 0;
  const refunds: Part = hasRefunds ? await readRefunds(id, call, client) : { kind: 'part', body: {} };
  if (refunds.kind !== 'part') return refunds;
  const isOneState = [fulfilment, refunds].every(
    ({ body }) => (body['updatedAt'] ?? order['updatedAt']) === order['updatedAt'],
  );
  if (!isOneState) return changedMeanwhile;
  return {
    kind: 'order',
    body: { ...order, ...fulfilment.body, ...refunds.body, lineItems: { nodes: lines.nodes } },
  };
}

type Part = { readonly kind: 'part'; readonly body: JsonRecord } | Failure;
const changedMeanwhile: Failure = {
  kind: 'conflict',
  stale: false,
  detail: 'the order changed while it was read',
};
const large = (what: string): Failure => ({
  kind: 'rejected',
  code: 'order-too-large',
  detail: `the order has more ${what} than are read at once`,
});

/** A list without a cursor that came full may be cut off; nothing is left out silently. */
function cutOff(order: JsonRecord): Failure | null {
  if ((order['discountApplications'] as Page).pageInfo.hasNextPage) return large('discounts');
  if ((order['shippingLines'] as Page).pageInfo.hasNextPage) return large('shipping lines');
  if ((order['transactions'] as Json[]).length >= firstPage.transactions) return large('transactions');
  return null;
}

async function remainingLines(
  id: string,
  first: Page,
  updatedAt: Json | undefined,
  call: CallBounds,
  client: ShopifyClient,
): Promise<{ readonly kind: 'lines'; readonly nodes: JsonRecord[] } | Failure> {
  const nodes = [...first.nodes];
  let { hasNextPage, endCursor = null } = first.pageInfo;
  while (hasNextPage) {
    const page = await client.run(orderLinesQuery, { id: gid('Order', id), after: endCursor }, call);
    if (page.kind !== 'answer') return page;
    if (page.data.order === null || page.data.order.updatedAt !== updatedAt) return changedMeanwhile;
    nodes.push(...(page.data.order.lineItems.nodes as JsonRecord[]));
    ({ hasNextPage, endCursor } = page.data.order.lineItems.pageInfo);
  }
  return { kind: 'lines', nodes };
}

async function readFulfilment(id: string, call: CallBounds, client: ShopifyClient): Promise<Part> {
  for (const size of fulfilmentSizes) {
    const answer = await client.run(orderFulfilmentQuery, { id: gid('Order', id), ...size }, call);
    if (answer.kind !== 'answer') return answer;
    if (answer.data.order === null) return changedMeanwhile;
    const body = answer.data.order as JsonRecord;
    const fulfillments = body['fulfillments'] as JsonRecord[];
    const orders = body['fulfillmentOrders'] as Page;
    if (fulfillments.length >= size.fulfillments || orders.pageInfo.hasNextPage) continue;
    const failure =
      (await fillAll(fulfillments, 'fulfillmentLineItems', call, client)) ??
      (await fillAll(orders.nodes, 'lineItems', call, client));
    return failure ?? { kind: 'part', body };
  }
  return large('fulfilments or fulfilment orders');
}

async function readRefunds(id: string, call: CallBounds, client: ShopifyClient): Promise<Part> {
  for (const size of refundSizes) {
    const answer = await client.run(orderRefundsQuery, { id: gid('Order', id), ...size }, call);
    if (answer.kind !== 'answer') return answer;
    if (answer.data.order === null) return changedMeanwhile;
    const body = answer.data.order as JsonRecord;
    const refunds = body['refunds'] as JsonRecord[];
    if (refunds.length >= size.refunds) continue;
    if (refunds.some(hasCutList)) return large('adjustments or transactions in one refund');
    return (await fillAll(refunds, 'refundLineItems', call, client)) ?? { kind: 'part', body };
  }
  return large('refunds');
}

async function fillAll(
  records: readonly JsonRecord[],
  field: string,
  call: CallBounds,
  client: ShopifyClient,
): Promise<Failure | null> {
  for (const record of records) {
    const failure = await fillItems(record, field, call, client);
    if (failure !== null) return failure;
  }
  return null;
}

const hasCutList = (refund: JsonRecord): boolean =>
  ['orderAdjustments', 'refundShippingLines', 'transactions'].some(
    (field) => (refund[field] as Page).pageInfo.hasNextPage,
  );

/** Brings the further lines of one record into its first page. */
async function fillItems(
  record: JsonRecord,
  field: string,
  call: CallBounds,
  client: ShopifyClient,
): Promise<Failure | null> {
  const page = record[field] as Page;
  let { hasNextPage, endCursor = null } = page.pageInfo;
  while (hasNextPage) {
    const answer = await client.run(
      remainingItemsQuery,
      { id: record['id'] as string, after: endCursor },
      call,
    );
    if (answer.kind !== 'answer') return answer;
    if (answer.data.node === null) return changedMeanwhile;
    page.nodes.push(...(answer.data.node.items.nodes as JsonRecord[]));
    ({ hasNextPage, endCursor } = answer.data.node.items.pageInfo);
  }
  return null;
}
