import { z } from 'zod';
import type { Operation } from './operation.ts';
import { userErrors } from './user-errors.ts';

/** Says how a fulfilment went on. It has no idempotency key: whoever calls it has looked first. */
export const fulfillmentEventCreateMutation: Operation<{
  fulfillmentEventCreate: {
    fulfillmentEvent: { id: string; status: string } | null;
    userErrors: z.output<typeof userErrors>;
  } | null;
}> = {
  name: 'FulfillmentEventCreate',
  kind: 'mutation',
  text: `mutation FulfillmentEventCreate($fulfillmentEvent: FulfillmentEventInput!) {
  fulfillmentEventCreate(fulfillmentEvent: $fulfillmentEvent) {
    fulfillmentEvent { id status }
    userErrors { field message }
  }
}`,
  data: z.object({
    fulfillmentEventCreate: z
      .object({
        fulfillmentEvent: z.object({ id: z.string(), status: z.string() }).nullable(),
        userErrors,
      })
      .nullable(),
  }),
};
