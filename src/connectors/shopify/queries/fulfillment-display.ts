import { z } from 'zod';
import type { Operation } from './operation.ts';

const shown = z
  .object({ id: z.string(), status: z.string(), displayStatus: z.string().nullable() })
  .partial();

/** How far a fulfilment is, as the shop shows it. */
export const fulfillmentDisplayQuery: Operation<{ node: z.output<typeof shown> | null }> = {
  name: 'FulfillmentDisplay',
  kind: 'query',
  text: `query FulfillmentDisplay($id: ID!) {
  node(id: $id) { ... on Fulfillment { id status displayStatus } }
}`,
  data: z.object({ node: shown.nullable() }),
};
