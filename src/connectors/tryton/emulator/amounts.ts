import Big from 'big.js';
import type { Json, JsonObject } from '#canonical/json.ts';
import type { Row, Store } from './store.ts';
import { textOf } from './text.ts';

export type Amounts = { readonly untaxed: Big; readonly tax: Big; readonly total: Big };

const halfEven = 2;
const numeric = (value: Json | undefined): Big => new Big(textOf(value) || '0');
export const wire = (value: Big, digits: number): JsonObject => ({
  __class__: 'Decimal',
  decimal: value.toFixed(digits, halfEven),
});

/** Net, taxes and total of a sale as Tryton adds them up: bases rounded per line, taxes per line or once per document. */
export function saleAmounts(store: Store, sale: Row): Amounts {
  const digits = currencyDigits(store, sale);
  const rounding = store.get('account.configuration', 1)['tax_rounding'];
  const round = (value: Big): Big => value.round(digits, halfEven);
  const taxes = new Map<number, Big>();
  let untaxed = new Big(0);
  for (const id of store.related('sale.sale', sale, 'lines')) {
    const line = store.get('sale.line', id);
    const amount = numeric(line['unit_price'] ?? null).times(textOf(line['quantity'] ?? 0));
    untaxed = untaxed.plus(round(amount));
    for (const tax of store.related('sale.line', line, 'taxes')) {
      taxes.set(
        tax,
        (taxes.get(tax) ?? new Big(0)).plus(
          amount.times(numeric(store.get('account.tax', tax)['rate'] ?? null)),
        ),
      );
    }
    // "Line" rounds the running sum after each line, as the server does.
    if (rounding === 'line') for (const [tax, sum] of taxes) taxes.set(tax, round(sum));
  }
  const tax = [...taxes.values()].reduce((sum, amount) => sum.plus(round(amount)), new Big(0));
  return { untaxed, tax, total: untaxed.plus(tax) };
}

export function currencyDigits(store: Store, record: Row): number {
  return store.get('currency.currency', record['currency'] as number)['digits'] as number;
}
