import { z } from 'zod';
import type { Operation } from './operation.ts';

const page = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const state = z.object({
  id: z.string(),
  cancelledAt: z.string().nullable(),
  fulfillments: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      status: z.string(),
      trackingInfo: z.array(z.object({ number: z.string().nullable() })),
      fulfillmentLineItems: z.object({
        nodes: z.array(
          z.object({
            quantity: z.int().nullable(),
            lineItem: z.object({ id: z.string(), sku: z.string().nullable() }),
          }),
        ),
        pageInfo: page,
      }),
    }),
  ),
  fulfillmentOrders: z.object({
    nodes: z.array(
      z.object({
        id: z.string(),
        status: z.string(),
        assignedLocation: z.object({ location: z.object({ id: z.string() }).nullable() }),
        supportedActions: z.array(z.object({ action: z.string() })),
        lineItems: z.object({
          nodes: z.array(
            z.object({
              id: z.string(),
              remainingQuantity: z.int(),
              lineItem: z.object({ id: z.string(), sku: z.string().nullable() }),
            }),
          ),
          pageInfo: page,
        }),
      }),
    ),
    pageInfo: z.object({ hasNextPage: z.boolean() }),
  }),
});
export type FulfilmentState = z.output<typeof state>;

/**
 * What of an order is still to be fulfilled and what is already. Read again before every attempt, since a partial fulfilment
 * closes its fulfilment order and opens another one. Read by id, not by search, so it shows the last write.
 */
export const fulfilmentStateQuery: Operation<{ order: FulfilmentState | null }> = {
  name: 'FulfilmentState',
  kind: 'query',
  text: `query FulfilmentState($id: ID!, $count: Int!, $items: Int!) {
  order(id: $id) {
    id cancelledAt
    fulfillments(first: $count) {
      id name status
      trackingInfo { number }
      fulfillmentLineItems(first: $items) { nodes { quantity lineItem { id sku } } pageInfo { hasNextPage endCursor } }
    }
    fulfillmentOrders(first: $count) {
      nodes {
        id status
        assignedLocation { location { id } }
        supportedActions { action }
        lineItems(first: $items) { nodes { id remainingQuantity lineItem { id sku } } pageInfo { hasNextPage endCursor } }
      }
      pageInfo { hasNextPage }
    }
  }
}`,
  data: z.object({ order: state.nullable() }),
};
