import { z } from 'zod';
import { jsonObject } from './json-object.ts';
import { lineItemFields } from './line-item-fields.ts';
import type { Operation } from './operation.ts';

/** Further lines of an order, 20 at a time: a page costs about 600 of the 1,000 points that one query may ask for. */
export const orderLinesQuery: Operation<{
  order: {
    updatedAt: string;
    lineItems: {
      nodes: z.output<typeof jsonObject>[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    };
  } | null;
}> = {
  name: 'OrderLines',
  kind: 'query',
  text: `query OrderLines($id: ID!, $after: String) {
  order(id: $id) {
    updatedAt
    lineItems(first: 20, after: $after) { nodes { ${lineItemFields} } pageInfo { hasNextPage endCursor } }
  }
}`,
  data: z.object({
    order: z
      .object({
        updatedAt: z.string(),
        lineItems: z.object({
          nodes: z.array(jsonObject),
          pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
        }),
      })
      .nullable(),
  }),
};
