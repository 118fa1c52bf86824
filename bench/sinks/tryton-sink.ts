import { orderIndexOfKey } from '../driver/bench-order.ts';
import type { EffectLog } from './effect-log.ts';
import type { RawAnswer, RawRequest } from './raw-http-server.ts';

type Value = null | boolean | number | string | readonly Value[] | { readonly [name: string]: Value };
type Fields = { readonly [name: string]: Value };
type Sale = {
  readonly id: number;
  readonly reference: string;
  state: string;
  readonly untaxed: number;
  readonly tax: number;
};

export type SinkLatency = { readonly effectMs: number; readonly otherMs: number };

/** Which button leads where; `confirm` processes at once, as a server without a queue does. */
const buttons: { readonly [name: string]: { readonly from: string; readonly to: string } } = {
  quote: { from: 'draft', to: 'quotation' },
  confirm: { from: 'quotation', to: 'processing' },
};
const decimal = (cents: number): Fields => ({ __class__: 'Decimal', decimal: (cents / 100).toFixed(2) });
/** Master data is there under every code that is asked for: ids come from a counter. */
const firstNames: { readonly [model: string]: string } = {
  'product.product': 'code',
  'product.uom': 'symbol',
  'account.tax': 'name',
  'currency.currency': 'code',
  'country.country': 'code',
  'country.subdivision': 'code',
  'stock.location': 'code',
  'account.invoice.payment_term': 'name',
};

/**
 * As much of Tryton 6.0's JSON-RPC as an order needs. Only `sale.sale.create` makes the effect and waits `effectMs`; every other
 * call waits `otherMs`. A second sale under one reference is recorded as a second effect.
 */
export class TrytonSink {
  readonly #log: EffectLog;
  readonly #latency: SinkLatency;
  readonly #sales = new Map<number, Sale>();
  readonly #byReference = new Map<string, Sale[]>();
  readonly #parties = new Map<
    string,
    { readonly id: number; readonly code: string; readonly 'addresses.': Fields[] }
  >();
  readonly #partyCodes = new Map<number, string>();
  readonly #masterIds = new Map<string, number>();
  #lastId = 1_000;

  constructor(log: EffectLog, latency: SinkLatency) {
    this.#log = log;
    this.#latency = latency;
  }

  answer({ body }: RawRequest): RawAnswer {
    const { id, method, params } = JSON.parse(body) as {
      id: Value;
      method: string;
      params: readonly Value[];
    };
    const isEffect = method === 'model.sale.sale.create';
    const result = this.#result(method, params);
    return {
      body: JSON.stringify({ id, result }),
      afterMs: isEffect ? this.#latency.effectMs : this.#latency.otherMs,
    };
  }

  #result(method: string, params: readonly Value[]): Value {
    const dot = method.lastIndexOf('.');
    const [model, name] = [method.slice('model.'.length, dot), method.slice(dot + 1)];
    if (model === 'sale.sale') return this.#sale(name, params);
    if (model === 'party.party') return this.#party(name, params);
    if (method === 'model.party.address.create') return [this.#address(params)];
    if (name === 'search_read')
      return firstNames[model] === undefined ? [] : this.#masterData(model, params[0] ?? null);
    if (method === 'common.db.login') return [1, 'bench-session'];
    if (method === 'model.res.user.get_preferences') return { company: 1, language: 'en' };
    if (name === 'search_count') return 1;
    throw new RangeError(`the ERP sink has no ${method}`);
  }

  #sale(name: string, params: readonly Value[]): Value {
    if (name === 'create') return [this.#makeSale((params[0] as readonly Fields[])[0] as Fields)];
    if (name === 'read')
      return (params[0] as readonly number[]).flatMap((id) => this.#view(this.#sales.get(id)));
    if (name === 'search_read') {
      const [first] = params[0] as readonly Value[];
      const reference =
        Array.isArray(first) && first[0] === 'reference' && first[1] === '=' ? (first[2] as string) : null;
      // What a poller asks: nothing ever changed.
      return reference === null
        ? []
        : (this.#byReference.get(reference) ?? []).flatMap((sale) => this.#view(sale));
    }
    const button = buttons[name];
    if (button === undefined) throw new RangeError(`the ERP sink has no model.sale.sale.${name}`);
    for (const id of params[0] as readonly number[]) {
      const sale = this.#sales.get(id);
      if (sale?.state !== button.from) continue; // an illegal button answers as a legal one does
      sale.state = button.to;
      if (button.to === 'processing')
        this.#log.record('erp-carried', orderIndexOfKey(sale.reference), 1, this.#latency.otherMs);
    }
    return null;
  }

  #makeSale(values: Fields): number {
    const [[, lines]] = values['lines'] as [[string, readonly Fields[]]];
    let untaxed = 0;
    let tax = 0;
    for (const line of lines) {
      const price = Number((line['unit_price'] as Fields)['decimal']);
      const cents = Math.round(price * (line['quantity'] as number) * 100);
      const [[, taxes]] = line['taxes'] as [[string, readonly number[]]];
      untaxed += cents;
      if (taxes.length > 0) tax += Math.round(cents / 10);
    }
    const reference = values['reference'] as string;
    const sale: Sale = { id: (this.#lastId += 1), reference, state: 'draft', untaxed, tax };
    this.#sales.set(sale.id, sale);
    const known = this.#byReference.get(reference);
    if (known === undefined) this.#byReference.set(reference, [sale]);
    else known.push(sale);
    this.#log.record('erp-made', orderIndexOfKey(reference), 1, this.#latency.effectMs);
    return sale.id;
  }

  #view(sale: Sale | undefined): Fields[] {
    if (sale === undefined) return [];
    const { id, reference, state, untaxed, tax } = sale;
    return [
      {
        id,
        number: state === 'draft' ? null : String(id),
        reference,
        state,
        untaxed_amount: decimal(untaxed),
        tax_amount: decimal(tax),
        total_amount: decimal(untaxed + tax),
        'shipments.': [],
        'invoices.': [],
      },
    ];
  }

  #party(name: string, params: readonly Value[]): Value {
    if (name === 'search_read') {
      const [, [, , code]] = params[0] as [string, [string, string, string]];
      const party = this.#parties.get(code);
      return party === undefined ? [] : [party];
    }
    const values = (params[0] as readonly Fields[])[0] as Fields;
    const code = values['code'] as string;
    const [[, addresses]] = values['addresses'] as [[string, readonly Fields[]]];
    const id = (this.#lastId += 1);
    this.#partyCodes.set(id, code);
    this.#parties.set(code, {
      id,
      code,
      'addresses.': addresses.map((address) => ({ id: (this.#lastId += 1), ...address })),
    });
    return [id];
  }

  #address(params: readonly Value[]): number {
    const { party, ...values } = (params[0] as readonly Fields[])[0] as Fields;
    const id = (this.#lastId += 1);
    this.#parties.get(this.#partyCodes.get(party as number) ?? '')?.['addresses.'].push({ id, ...values });
    return id;
  }

  #masterData(model: string, domain: Value): Value {
    const [[, [, , codes]]] = domain as [[string, [string, string, readonly string[]]]];
    const name = firstNames[model] as string;
    return codes.map((code) => {
      const key = `${model}\n${code}`;
      const id = this.#masterIds.get(key) ?? (this.#lastId += 1);
      this.#masterIds.set(key, id);
      return { id, [name]: code };
    });
  }
}
