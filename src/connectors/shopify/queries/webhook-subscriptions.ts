import { z } from 'zod';
import type { Operation } from './operation.ts';

/** This app's own subscriptions in the shop. */
export const webhookSubscriptionsQuery: Operation<{
  webhookSubscriptions: {
    nodes: { id: string; topic: string; uri: string; format: string }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
}> = {
  name: 'WebhookSubscriptions',
  kind: 'query',
  text: `query WebhookSubscriptions($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    nodes { id topic uri format }
    pageInfo { hasNextPage endCursor }
  }
}`,
  data: z.object({
    webhookSubscriptions: z.object({
      nodes: z.array(z.object({ id: z.string(), topic: z.string(), uri: z.string(), format: z.string() })),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    }),
  }),
};
