import Big from 'big.js';
import type { Json, JsonObject } from '#canonical/json.ts';
import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import { encodeDate, microInstant } from '../codec.ts';
import { currencyDigits, saleAmounts, wire } from './amounts.ts';
import { userError, userWarning } from './errors.ts';
import type { Invoices } from './invoices.ts';
import type { Sequences } from './sequences.ts';
import type { Shipments } from './shipments.ts';
import type { Row, Store } from './store.ts';
import { textOf } from './text.ts';

const model = 'sale.sale';

/** Sales: what create checks, the buttons, and what processing makes of them. */
export class Sales {
  readonly #store: Store;
  readonly #journal: EffectJournal;
  readonly #sequences: Sequences;
  readonly #shipments: Shipments;
  readonly #invoices: Invoices;
  readonly #now: () => number;
  readonly #priceDigits: number;

  constructor(parts: {
    store: Store;
    journal: EffectJournal;
    sequences: Sequences;
    shipments: Shipments;
    invoices: Invoices;
    now: () => number;
    priceDigits: number;
  }) {
    this.#store = parts.store;
    this.#journal = parts.journal;
    this.#sequences = parts.sequences;
    this.#shipments = parts.shipments;
    this.#invoices = parts.invoices;
    this.#now = parts.now;
    this.#priceDigits = parts.priceDigits;
    parts.shipments.onEnded = (sales) => this.#processAgain(sales);
    parts.invoices.onChanged = (sales) => this.#processAgain(sales);
    const { compute } = parts.store;
    const amount = (name: 'untaxed' | 'tax' | 'total') => (sale: Row) =>
      wire(saleAmounts(this.#store, sale)[name], currencyDigits(this.#store, sale));
    compute.set(`${model}.untaxed_amount`, amount('untaxed'));
    compute.set(`${model}.tax_amount`, amount('tax'));
    compute.set(`${model}.total_amount`, amount('total'));
    compute.set(`${model}.shipments`, (sale) => this.#shipments.ofSale(sale));
    compute.set(`${model}.invoices`, (sale) => this.#invoices.ofSale(sale.id));
    compute.set('sale.line.moves', (line) => this.#shipments.movesOfLine(line.id).map(({ id }) => id));
  }

  create(values: JsonObject): number {
    const sale = this.#store.create(model, {
      state: 'draft',
      invoice_state: 'none',
      shipment_state: 'none',
      invoice_method: 'order',
      shipment_method: 'order',
      company: 1,
      ...values,
    });
    // One call is one transaction: what is refused was never there.
    this.#orUndo(model, sale, () => this.#lines(sale).forEach((line) => this.#checkPrice(line)));
    this.#journal.record('sale.created', textOf(sale['reference']), {
      sale: sale.id,
      ...this.#shown(sale),
    });
    return sale.id;
  }

  createLine(values: JsonObject): number {
    const line = this.#store.create('sale.line', values);
    this.#orUndo('sale.line', line, () => this.#checkPrice(line));
    return line.id;
  }

  /** @throws ServerError when one of them is further than a quotation. */
  delete(ids: readonly number[]): void {
    this.press('cancel', ids);
    for (const id of ids) {
      const sale = this.#store.get(model, id);
      if (sale['state'] !== 'cancelled') throw userError(`To delete sale "${id}" you must cancel it.`);
      this.#store.delete(model, id);
      this.#journal.record('sale.deleted', textOf(sale['reference']), { sale: id });
    }
  }

  press(button: 'draft' | 'quote' | 'confirm' | 'process' | 'cancel', ids: readonly number[]): void {
    for (const id of ids) this[button](this.#store.get(model, id));
  }

  draft(sale: Row): void {
    if (this.#is(sale, 'cancelled', 'quotation', 'confirmed'))
      this.#store.write(model, sale.id, { state: 'draft' });
  }

  quote(sale: Row): void {
    if (!this.#is(sale, 'draft')) return;
    if (this.#isEmpty(sale, 'invoice_address') || this.#isEmpty(sale, 'shipment_address'))
      throw userError(
        `To get a quotation for sale "${sale.id}" you must enter an invoice and a shipment address.`,
      );
    this.#store.write(model, sale.id, {
      state: 'quotation',
      number: sale['number'] ?? this.#sequences.next(model),
    });
  }

  /** Also processes, as the server does after its commit where no worker queue is set up. */
  confirm(sale: Row): void {
    if (!this.#is(sale, 'quotation')) return;
    this.#checkCredit(sale);
    this.#store.write(model, sale.id, {
      state: 'confirmed',
      sale_date: sale['sale_date'] ?? encodeDate(microInstant(this.#now()).slice(0, 10)),
    });
    this.process(sale);
  }

  process(sale: Row): void {
    if (!this.#is(sale, 'confirmed', 'processing', 'done')) return;
    const isFirst = this.#is(sale, 'confirmed');
    this.#invoices.plan(sale);
    if (sale['shipment_method'] === 'order') this.#shipments.plan(sale);
    const invoiceState = this.#invoiceState(sale);
    const shipmentState = this.#shipmentState(sale);
    const isDone =
      (invoiceState === 'paid' || invoiceState === 'none') &&
      (shipmentState === 'sent' || shipmentState === 'none');
    const next = {
      invoice_state: invoiceState,
      shipment_state: shipmentState,
      state: isDone ? 'done' : 'processing',
    };
    // The server writes what changed and nothing else, so that write_date stands still while nothing does.
    if (
      next.state !== sale['state'] ||
      next.invoice_state !== sale['invoice_state'] ||
      next.shipment_state !== sale['shipment_state']
    )
      this.#store.write(model, sale.id, next);
    const reference = textOf(sale['reference']);
    if (isFirst)
      this.#journal.record('sale.processed', reference, {
        sale: sale.id,
        ...this.#shown(sale),
      });
    if (isDone && this.#everythingCancelled(sale))
      this.#journal.record('sale.cancelled', reference, { sale: sale.id });
  }

  cancel(sale: Row): void {
    if (!this.#is(sale, 'draft', 'quotation')) return;
    this.#store.write(model, sale.id, { state: 'cancelled' });
    if (!this.#isEmpty(sale, 'number'))
      this.#journal.record('sale.cancelled', textOf(sale['reference']), { sale: sale.id });
  }

  /** The two wizards that close an exception; what is not made anew is ignored. */
  ignoreMoves(sale: Row, moves: readonly number[]): void {
    for (const line of this.#lines(sale)) {
      const ids = this.#shipments.movesOfLine(line.id).flatMap(({ id }) => (moves.includes(id) ? [id] : []));
      this.#store.write('sale.line', line.id, { moves_ignored: [['add', ids]] });
    }
    this.process(sale);
  }

  ignoreInvoices(sale: Row, invoices: readonly number[]): void {
    this.#store.write(model, sale.id, { invoices_ignored: [['add', invoices]] });
    this.process(sale);
  }

  #shown(sale: Row): JsonObject {
    const currency = this.#store.get('currency.currency', sale['currency'] as number)['code'] ?? null;
    return { total: this.#store.computed(model, sale, 'total_amount'), currency };
  }

  #processAgain(sales: readonly number[]): void {
    for (const id of sales) this.process(this.#store.get(model, id));
  }

  #invoiceState(sale: Row): string {
    const ignored = this.#store.related(model, sale, 'invoices_ignored');
    const states = this.#invoices
      .ofSale(sale.id)
      .flatMap((id) => (ignored.includes(id) ? [] : [this.#store.get('account.invoice', id)['state']]));
    if (states.length === 0) return 'none';
    if (states.includes('cancelled')) return 'exception';
    return states.every((state) => state === 'paid') ? 'paid' : 'waiting';
  }

  #shipmentState(sale: Row): string {
    const lines = this.#lines(sale).map((line) => ({
      line,
      moves: this.#shipments.movesOfLine(line.id),
      ignored: this.#store.related('sale.line', line, 'moves_ignored'),
    }));
    if (lines.every(({ moves }) => moves.length === 0)) return 'none';
    if (
      lines.some(({ moves, ignored }) =>
        moves.some(({ id, state }) => state === 'cancelled' && !ignored.includes(id)),
      )
    )
      return 'exception';
    const isSent = lines.every(({ line, moves, ignored }) => {
      if (moves.length === 0) return true;
      const counted = moves.filter(({ id, state }) => state === 'done' || ignored.includes(id));
      return counted
        .reduce((left, move) => left.minus(textOf(move['quantity'])), new Big(textOf(line['quantity'])))
        .lte(0);
    });
    return isSent ? 'sent' : 'waiting';
  }

  #everythingCancelled(sale: Row): boolean {
    const states: Json[] = [
      ...this.#shipments.ofSale(sale).map((id) => this.#store.get('stock.shipment.out', id)['state'] ?? null),
      ...this.#invoices.ofSale(sale.id).map((id) => this.#store.get('account.invoice', id)['state'] ?? null),
    ];
    return states.length > 0 && states.every((state) => state === 'cancelled');
  }

  #checkCredit(sale: Row): void {
    const party = this.#store.get('party.party', sale['party'] as number);
    const limit = party['credit_limit_amount'] as JsonObject | null;
    if (limit === null || saleAmounts(this.#store, sale).untaxed.lte(textOf(limit['decimal']))) return;
    const name = `credit_limit_amount_sale.sale,${sale.id}`;
    const confirmed = [...this.#store.table('res.user.warning').values()].find(
      (warning) => warning['name'] === name,
    );
    if (confirmed === undefined)
      throw userWarning(
        name,
        `Party "${textOf(party['name'])}" has reached their credit limit of ${textOf(limit['decimal'])}.`,
      );
    this.#store.delete('res.user.warning', confirmed.id);
  }

  #orUndo(ofModel: string, row: Row, check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#store.delete(ofModel, row.id);
      throw error;
    }
  }

  #checkPrice(line: Row): void {
    const price = textOf((line['unit_price'] as JsonObject | null)?.['decimal'] ?? '0');
    if ((price.split('.')[1]?.length ?? 0) > this.#priceDigits) {
      throw userError(
        `The number of digits in the value "Decimal('${price}')" for field "Unit Price" in "Sale Line" exceeds the limit of "${this.#priceDigits}".`,
      );
    }
  }

  #lines(sale: Row): readonly Row[] {
    return this.#store.related(model, sale, 'lines').map((id) => this.#store.get('sale.line', id));
  }

  #isEmpty = (sale: Row, field: string): boolean => (sale[field] ?? null) === null;

  #is = (sale: Row, ...states: readonly string[]): boolean => states.includes(textOf(sale['state']));
}
