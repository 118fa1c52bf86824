import Big from 'big.js';
import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import { encodeDate, microInstant } from '../codec.ts';
import { currencyDigits, saleAmounts, wire } from './amounts.ts';
import type { Sequences } from './sequences.ts';
import type { Row, Store } from './store.ts';
import { textOf } from './text.ts';

const model = 'account.invoice';

/** Customer invoices: one for each sale, made in draft when the sale is processed. */
export class Invoices {
  readonly #store: Store;
  readonly #journal: EffectJournal;
  readonly #sequences: Sequences;
  readonly #now: () => number;
  readonly #bySale = new Map<number, number[]>();
  onChanged: (sales: readonly number[]) => void = () => {};

  constructor(store: Store, journal: EffectJournal, sequences: Sequences, now: () => number) {
    this.#store = store;
    this.#journal = journal;
    this.#sequences = sequences;
    this.#now = now;
  }

  ofSale(sale: number): readonly number[] {
    return this.#bySale.get(sale) ?? [];
  }

  /** Drafts an invoice for what of the sale is on none; like the server's it is born without a write_date. Less than that is a credit note. */
  plan(sale: Row): void {
    if (sale['invoice_method'] !== 'order') return;
    const { untaxed, tax, total } = saleAmounts(this.#store, sale);
    const digits = currencyDigits(this.#store, sale);
    const invoiced = (field: string): Big =>
      this.ofSale(sale.id).reduce(
        (sum, id) =>
          sum.plus(textOf((this.#store.get(model, id)[field] as { readonly decimal: string }).decimal)),
        new Big(0),
      );
    const open = total.minus(invoiced('total_amount'));
    if (this.ofSale(sale.id).length > 0 && open.eq(0)) return;
    const invoice = this.#store.create(model, {
      state: 'draft',
      type: 'out',
      company: sale['company'] ?? null,
      party: sale['party'] ?? null,
      currency: sale['currency'] ?? null,
      untaxed_amount: wire(untaxed.minus(invoiced('untaxed_amount')), digits),
      tax_amount: wire(tax.minus(invoiced('tax_amount')), digits),
      total_amount: wire(open, digits),
      sales: [['add', [sale.id]]],
    });
    this.#bySale.set(sale.id, [...this.ofSale(sale.id), invoice.id]);
  }

  /** Takes a sale's drafts away, as an amendment does. */
  clearDrafts(sale: number): void {
    const isDraft = (id: number): boolean => this.#store.get(model, id)['state'] === 'draft';
    const drafts = this.ofSale(sale).filter(isDraft);
    this.#bySale.set(
      sale,
      this.ofSale(sale).filter((id) => !drafts.includes(id)),
    );
    for (const id of drafts) this.#store.delete(model, id);
  }

  post(ids: readonly number[]): void {
    this.#move(ids, ['draft', 'validated'], (invoice) => {
      const today = encodeDate(microInstant(this.#now()).slice(0, 10));
      this.#store.create('account.move.line', { invoice: invoice.id, maturity_date: today });
      this.#store.write(model, invoice.id, {
        state: 'posted',
        number: this.#sequences.next(model),
        invoice_date: invoice['invoice_date'] ?? today,
      });
      for (const sale of this.#sales(invoice)) {
        this.#journal.record('invoice.posted', textOf(this.#store.get('sale.sale', sale)['reference']), {
          invoice: invoice.id,
          sale,
          total: invoice['total_amount'] ?? null,
        });
      }
    });
  }

  pay(ids: readonly number[]): void {
    this.#move(ids, ['posted'], (invoice) => void this.#store.write(model, invoice.id, { state: 'paid' }));
  }

  cancel(ids: readonly number[]): void {
    this.#move(
      ids,
      ['draft', 'validated'],
      (invoice) => void this.#store.write(model, invoice.id, { state: 'cancelled' }),
    );
  }

  #move(ids: readonly number[], from: readonly string[], change: (invoice: Row) => void): void {
    for (const id of ids) {
      const invoice = this.#store.get(model, id);
      if (!from.includes(textOf(invoice['state']))) continue;
      change(invoice);
      this.onChanged(this.#sales(invoice));
    }
  }

  #sales(invoice: Row): readonly number[] {
    return this.#store.related(model, invoice, 'sales');
  }
}
