import { z } from 'zod';
import type { Operation } from './operation.ts';

/** Which orders changed, oldest change first: one point an order, so that the catch-up leaves the budget to the work. */
export const changedOrdersQuery: Operation<{
  orders: {
    nodes: { id: string; name: string; updatedAt: string; test: boolean }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
}> = {
  name: 'ChangedOrders',
  kind: 'query',
  text: `query ChangedOrders($first: Int!, $after: String, $query: String!) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { id name updatedAt test }
    pageInfo { hasNextPage endCursor }
  }
}`,
  data: z.object({
    orders: z.object({
      nodes: z.array(
        z.object({ id: z.string(), name: z.string(), updatedAt: z.string(), test: z.boolean() }),
      ),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    }),
  }),
};
