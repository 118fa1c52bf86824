import type { Invoice } from '#canonical/invoice.ts';
import { sortedFacts } from './observations.ts';
import type { OrderRules } from './rules.ts';
import type { OrderState } from './state.ts';

/** How the ERP's receivables compare with what the order comes to. Amounts in minor units of the presentment currency. */
export type Invoicing = {
  readonly posted: number;
  readonly complete: boolean;
  readonly allPaid: boolean;
  /** By how much they exceed the order, beyond the tolerance; 0 when they do not, or when currencies do not compare. */
  readonly excessMinor: number;
};

/** The ERP's invoices and credit memos, in a stable order. */
export function invoicesOf(state: OrderState): readonly Invoice[] {
  return sortedFacts(state.invoices).map(([, invoice]) => invoice);
}

/**
 * Compares what is posted with `expectedMinor`. Credit memos follow returns and do not undo an invoice, so only invoices count.
 * Invoices in another currency cannot be summed up: then any posted one is taken for the whole.
 */
export function invoicing(
  state: OrderState,
  expectedMinor: number,
  currency: string,
  rules: OrderRules,
): Invoicing {
  const posted = invoicesOf(state).filter(
    ({ kind, status }) => kind === 'invoice' && (status === 'posted' || status === 'paid'),
  );
  const allPaid = posted.length > 0 && posted.every(({ status }) => status === 'paid');
  if (posted.some(({ total }) => total.currency !== currency)) {
    return { posted: posted.length, complete: true, allPaid, excessMinor: 0 };
  }
  const differenceMinor = posted.reduce((sum, { total }) => sum + total.amountMinor, 0) - expectedMinor;
  const tolerance = rules.close.invoiceToleranceMinor;
  return {
    posted: posted.length,
    complete: posted.length > 0 && differenceMinor >= -tolerance,
    allPaid,
    excessMinor: differenceMinor > tolerance ? differenceMinor : 0,
  };
}
