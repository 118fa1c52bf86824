import { z } from 'zod';
import type { Operation } from './operation.ts';
import { userErrors } from './user-errors.ts';

/** Subscribes one topic. The same topic and address a second time is refused by Shopify, so repeating it is harmless. */
export const webhookSubscriptionCreateMutation: Operation<{
  webhookSubscriptionCreate: {
    webhookSubscription: { id: string } | null;
    userErrors: z.output<typeof userErrors>;
  } | null;
}> = {
  name: 'WebhookSubscriptionCreate',
  kind: 'mutation',
  text: `mutation WebhookSubscriptionCreate($topic: WebhookSubscriptionTopic!, $webhookSubscription: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhookSubscription) {
    webhookSubscription { id }
    userErrors { field message }
  }
}`,
  data: z.object({
    webhookSubscriptionCreate: z
      .object({ webhookSubscription: z.object({ id: z.string() }).nullable(), userErrors })
      .nullable(),
  }),
};
