import type { CallBounds, ShopifyClient } from './client.ts';
import type { Failure } from './graphql-answer.ts';
import { gid } from './gid.ts';
import { type FulfilmentState, fulfilmentStateQuery } from './queries/fulfilment-state.ts';
import { remainingItemsQuery } from './queries/remaining-items.ts';
import { z } from 'zod';

/** Usual orders first; an order with many fulfilments is asked for again with room for them and their lines one page each. */
export const stateSizes = [
  { count: 4, items: 8 },
  { count: 60, items: 1 },
] as const;

const further = z.array(
  z.looseObject({
    id: z.string().default(''),
    quantity: z.int().nullable().default(null),
    remainingQuantity: z.int().default(0),
    lineItem: z.object({ id: z.string(), sku: z.string().nullable() }),
  }),
);

export type StateRead = { readonly kind: 'state'; readonly order: FulfilmentState } | Failure;

/** What of the order is fulfilled and what can be, whole. An order that the shop does not have is `rejected`. */
export async function readFulfilmentState(
  orderId: string,
  call: CallBounds,
  client: ShopifyClient,
): Promise<StateRead> {
  for (const size of stateSizes) {
    const answer = await client.run(fulfilmentStateQuery, { id: gid('Order', orderId), ...size }, call);
    if (answer.kind !== 'answer') return answer;
    const { order } = answer.data;
    if (order === null)
      return { kind: 'rejected', code: 'order-not-found', detail: `the shop has no order ${orderId}` };
    if (order.fulfillments.length >= size.count || order.fulfillmentOrders.pageInfo.hasNextPage) continue;
    for (const record of order.fulfillments) {
      const nodes = await furtherItems(record.id, record.fulfillmentLineItems.pageInfo, call, client);
      if (!Array.isArray(nodes)) return nodes;
      record.fulfillmentLineItems.nodes.push(...nodes);
    }
    for (const record of order.fulfillmentOrders.nodes) {
      const nodes = await furtherItems(record.id, record.lineItems.pageInfo, call, client);
      if (!Array.isArray(nodes)) return nodes;
      record.lineItems.nodes.push(...nodes);
    }
    return { kind: 'state', order };
  }
  return {
    kind: 'rejected',
    code: 'order-too-large',
    detail: `order ${orderId} has more than 60 fulfilments or fulfilment orders`,
  };
}

async function furtherItems(
  id: string,
  first: { readonly hasNextPage: boolean; readonly endCursor: string | null },
  call: CallBounds,
  client: ShopifyClient,
): Promise<z.output<typeof further> | Failure> {
  const nodes: z.output<typeof further> = [];
  let { hasNextPage, endCursor } = first;
  while (hasNextPage) {
    const answer = await client.run(remainingItemsQuery, { id, after: endCursor }, call);
    if (answer.kind !== 'answer') return answer;
    if (answer.data.node === null)
      return { kind: 'conflict', stale: false, detail: 'the order changed while it was read' };
    nodes.push(...further.parse(answer.data.node.items.nodes));
    ({ hasNextPage, endCursor } = answer.data.node.items.pageInfo);
  }
  return nodes;
}
