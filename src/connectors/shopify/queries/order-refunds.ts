import { z } from 'zod';
import { bag } from './bag.ts';
import type { Operation } from './operation.ts';

export const refundLineFields = `quantity restockType location { id } lineItem { id } subtotalSet ${bag} totalTaxSet ${bag}`;

/** What of an order was refunded; asked only where the head says that there is any. */
export const orderRefundsQuery: Operation<{
  order: { updatedAt: string; [key: string]: z.core.util.JSONType } | null;
}> = {
  name: 'OrderRefunds',
  kind: 'query',
  text: `query OrderRefunds($id: ID!, $refunds: Int!, $items: Int!) {
  order(id: $id) {
    updatedAt
    refunds(first: $refunds) {
      id createdAt processedAt note
      refundLineItems(first: $items) { nodes { ${refundLineFields} } pageInfo { hasNextPage endCursor } }
      orderAdjustments(first: 3) { nodes { reason amountSet ${bag} taxAmountSet ${bag} } pageInfo { hasNextPage } }
      refundShippingLines(first: 2) { nodes { subtotalAmountSet ${bag} taxAmountSet ${bag} } pageInfo { hasNextPage } }
      transactions(first: 5) { nodes { id } pageInfo { hasNextPage } }
    }
  }
}`,
  data: z.object({ order: z.looseObject({ updatedAt: z.string() }).catchall(z.json()).nullable() }),
};
