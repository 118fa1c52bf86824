import { z } from 'zod';
import { graphqlTransaction } from '../inbound/source/graphql-schema.ts';
import type { Operation } from './operation.ts';
import { transactionFields } from './transaction-fields.ts';
import { userErrors } from './user-errors.ts';

const payload = z.object({ transaction: graphqlTransaction.nullable(), userErrors });

/** Gives up an authorisation of which nothing was captured. */
export const transactionVoidMutation: Operation<{ transactionVoid: z.output<typeof payload> | null }> = {
  name: 'TransactionVoid',
  kind: 'mutation',
  text: `mutation TransactionVoid($parentTransactionId: ID!) {
  transactionVoid(parentTransactionId: $parentTransactionId) {
    transaction ${transactionFields}
    userErrors { field message code }
  }
}`,
  data: z.object({ transactionVoid: payload.nullable() }),
};
