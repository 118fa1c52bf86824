import { z } from 'zod';
import { graphqlTransaction } from '../inbound/source/graphql-schema.ts';
import type { Operation } from './operation.ts';
import { transactionFields } from './transaction-fields.ts';
import { userErrors } from './user-errors.ts';

const payload = z.object({ transaction: graphqlTransaction.nullable(), userErrors });

/** Takes authorised money. It has no idempotency key: whoever calls it has looked first. */
export const orderCaptureMutation: Operation<{ orderCapture: z.output<typeof payload> | null }> = {
  name: 'OrderCapture',
  kind: 'mutation',
  text: `mutation OrderCapture($input: OrderCaptureInput!) {
  orderCapture(input: $input) {
    transaction ${transactionFields}
    userErrors { field message }
  }
}`,
  data: z.object({ orderCapture: payload.nullable() }),
};
