import { z } from 'zod';
import { graphqlTransaction } from '../inbound/source/graphql-schema.ts';
import type { Operation } from './operation.ts';
import { transactionFields } from './transaction-fields.ts';

/** An order with more movements of money than this is not captured by us. */
export const mostTransactions = 25;

const state = z.object({
  displayFinancialStatus: z.string().nullable(),
  presentmentCurrencyCode: z.string(),
  transactions: z.array(graphqlTransaction),
});
export type PaymentState = z.output<typeof state>;

/** What was authorised, captured and voided of an order. Read by id before every attempt, so it shows the last write. */
export const paymentStateQuery: Operation<{ order: PaymentState | null }> = {
  name: 'PaymentState',
  kind: 'query',
  text: `query PaymentState($id: ID!) {
  order(id: $id) {
    displayFinancialStatus presentmentCurrencyCode
    transactions(first: ${mostTransactions}) ${transactionFields}
  }
}`,
  data: z.object({ order: state.nullable() }),
};
