import { z } from 'zod';
import { jsonObject } from './json-object.ts';
import type { Operation } from './operation.ts';
import { fulfillmentLineFields, fulfillmentOrderLineFields } from './order-fulfilment.ts';
import { refundLineFields } from './order-refunds.ts';

const connection = z.object({
  nodes: z.array(jsonObject),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
});

/** Further lines of one fulfilment, fulfilment order or refund that has more than a first page of them. */
export const remainingItemsQuery: Operation<{ node: { items: z.output<typeof connection> } | null }> = {
  name: 'RemainingItems',
  kind: 'query',
  // One alias each: GraphQL refuses one name for fields of unlike types.
  text: `query RemainingItems($id: ID!, $after: String) {
  node(id: $id) {
    ... on Fulfillment { fulfilled: fulfillmentLineItems(first: 50, after: $after) { nodes { ${fulfillmentLineFields} } pageInfo { hasNextPage endCursor } } }
    ... on FulfillmentOrder { ordered: lineItems(first: 50, after: $after) { nodes { ${fulfillmentOrderLineFields} } pageInfo { hasNextPage endCursor } } }
    ... on Refund { refunded: refundLineItems(first: 50, after: $after) { nodes { ${refundLineFields} } pageInfo { hasNextPage endCursor } } }
  }
}`,
  data: z.object({
    node: z
      .union([
        z.object({ fulfilled: connection }).transform(({ fulfilled }) => ({ items: fulfilled })),
        z.object({ ordered: connection }).transform(({ ordered }) => ({ items: ordered })),
        z.object({ refunded: connection }).transform(({ refunded }) => ({ items: refunded })),
      ])
      .nullable(),
  }),
};
