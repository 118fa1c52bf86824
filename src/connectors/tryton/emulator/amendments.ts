import type { Json, JsonObject } from '#canonical/json.ts';
import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import { currencyDigits, saleAmounts, wire } from './amounts.ts';
import { userError } from './errors.ts';
import type { Invoices } from './invoices.ts';
import type { Sales } from './sales.ts';
import type { Shipments } from './shipments.ts';
import type { Row, Store } from './store.ts';
import { textOf } from './text.ts';

const model = 'sale.amendment';

/** The module sale_amendment: changes of a sale in process, each validated once. */
export class Amendments {
  readonly #store: Store;
  readonly #journal: EffectJournal;
  readonly #sales: Sales;
  readonly #shipments: Shipments;
  readonly #invoices: Invoices;

  constructor(parts: {
    readonly store: Store;
    readonly journal: EffectJournal;
    readonly sales: Sales;
    readonly shipments: Shipments;
    readonly invoices: Invoices;
  }) {
    this.#store = parts.store;
    this.#journal = parts.journal;
    this.#sales = parts.sales;
    this.#shipments = parts.shipments;
    this.#invoices = parts.invoices;
  }

  /** @throws ServerError for a sale that is neither in process nor done. */
  create(values: JsonObject): number {
    const sale = this.#store.get('sale.sale', values['sale'] as number);
    if (!['processing', 'done'].includes(textOf(sale['state'])))
      throw userError(`The value for field "Sale" in "Sale Amendment" is not valid according to its domain.`);
    return this.#store.create(model, { state: 'draft', ...values }).id;
  }

  /** Applies the lines, throws away what is still a draft, and processes the sale again. */
  validate(ids: readonly number[]): void {
    for (const id of ids) {
      const amendment = this.#store.get(model, id);
      if (amendment['state'] !== 'draft') continue;
      const sale = this.#store.get('sale.sale', amendment['sale'] as number);
      for (const line of this.#store.related(model, amendment, 'lines'))
        this.#apply(sale, this.#store.get('sale.amendment.line', line));
      this.#store.write(model, id, { state: 'validated' });
      this.#store.write('sale.sale', sale.id, {});
      this.#shipments.clearPlanned(sale);
      this.#invoices.clearDrafts(sale.id);
      this.#sales.press('process', [sale.id]);
      const currency = this.#store.get('currency.currency', sale['currency'] as number)['code'] ?? null;
      this.#journal.record('sale.amended', textOf(sale['reference']), {
        sale: sale.id,
        total: wire(saleAmounts(this.#store, sale).total, currencyDigits(this.#store, sale)),
        currency,
      });
    }
  }

  #apply(sale: Row, line: Row): void {
    const take = (...fields: readonly string[]): JsonObject =>
      Object.fromEntries(fields.map((field): [string, Json] => [field, line[field] ?? null]));
    if (line['action'] === 'line')
      this.#store.write(
        'sale.line',
        line['line'] as number,
        take('product', 'quantity', 'unit', 'unit_price', 'description'),
      );
    else if (line['action'] === 'party')
      this.#store.write('sale.sale', sale.id, take('party', 'invoice_address', 'shipment_address'));
    else this.#store.write('sale.sale', sale.id, take('payment_term'));
  }
}
