import { z } from 'zod';
import type { Operation } from './operation.ts';

export const fulfillmentLineFields = 'quantity lineItem { id sku requiresShipping }';
export const fulfillmentOrderLineFields = 'id totalQuantity remainingQuantity lineItem { id sku }';
/** The other half of an order: who fulfils what, and what left. Lists without cursors are asked for whole. */
export const orderFulfilmentQuery: Operation<{
  order: { updatedAt: string; [key: string]: z.core.util.JSONType } | null;
}> = {
  name: 'OrderFulfilment',
  kind: 'query',
  text: `query OrderFulfilment($id: ID!, $fulfillments: Int!, $items: Int!) {
  order(id: $id) {
    updatedAt
    fulfillments(first: $fulfillments) {
      id name status displayStatus createdAt updatedAt deliveredAt requiresShipping
      location { id }
      trackingInfo { company number url }
      fulfillmentLineItems(first: $items) { nodes { ${fulfillmentLineFields} } pageInfo { hasNextPage endCursor } }
    }
    fulfillmentOrders(first: $fulfillments) {
      nodes {
        id status fulfillAt fulfillBy
        assignedLocation { location { id } }
        deliveryMethod { methodType }
        fulfillmentHolds { reason reasonNotes }
        lineItems(first: $items) { nodes { ${fulfillmentOrderLineFields} } pageInfo { hasNextPage endCursor } }
      }
      pageInfo { hasNextPage }
    }
  }
}`,
  data: z.object({ order: z.looseObject({ updatedAt: z.string() }).catchall(z.json()).nullable() }),
};
