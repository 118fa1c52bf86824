import type { Json, JsonObject } from '#canonical/json.ts';
import { HttpAnswer } from './errors.ts';
import type { Sales } from './sales.ts';
import type { Store } from './store.ts';

/** The two wizards that close a sale's exceptions, as far as the connector goes through them. */
export class Wizards {
  readonly #store: Store;
  readonly #sales: Sales;
  readonly #open = new Set<number>();
  #last = 0;

  constructor(store: Store, sales: Sales) {
    this.#store = store;
    this.#sales = sales;
  }

  /** `name` is `<wizard>.<create|execute|delete>`. @throws HttpAnswer 403 for what it does not offer. */
  call(name: string, params: readonly Json[], context: JsonObject): Json {
    const dot = name.lastIndexOf('.');
    const [wizard, method] = [name.slice(0, dot), name.slice(dot + 1)];
    if (method === 'create') {
      this.#last += 1;
      this.#open.add(this.#last);
      return [this.#last, 'ask', 'end'];
    }
    const [id, data, state] = params;
    if (method === 'delete') {
      this.#open.delete(id as number);
      return null;
    }
    if (method !== 'execute' || state !== 'handle') throw new HttpAnswer(403, 'Forbidden');
    const sale = this.#store.get('sale.sale', context['active_id'] as number);
    const ask = (data as JsonObject)['ask'] as JsonObject;
    if (wizard === 'sale.handle.shipment.exception')
      this.#sales.ignoreMoves(sale, ask['domain_moves'] as number[]);
    else this.#sales.ignoreInvoices(sale, ask['domain_invoices'] as number[]);
    return {};
  }
}
