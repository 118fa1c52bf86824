import type { Json, JsonObject } from '#canonical/json.ts';
import { search } from './domain.ts';
import { concurrencyError, HttpAnswer, keyError, userError } from './errors.ts';
import type { Amendments } from './amendments.ts';
import type { Invoices } from './invoices.ts';
import { readRow } from './read.ts';
import type { Sales } from './sales.ts';
import { schema } from './schema.ts';
import type { Shipments } from './shipments.ts';
import type { Row, Store } from './store.ts';

export type Parts = {
  readonly store: Store;
  readonly sales: Sales;
  readonly shipments: Shipments;
  readonly invoices: Invoices;
  readonly amendments: Amendments;
  isVisible(model: string, row: Row): boolean;
};
type Ids = readonly number[];
type Method = (parts: Parts, model: string, params: readonly Json[], context: JsonObject) => Json;

const visible =
  (parts: Parts, model: string) =>
  (row: Row): boolean =>
    parts.isVisible(model, row);

/** What every model offers. Parameters as the server takes them, without the context. */
const generic: { readonly [method: string]: Method } = {
  search: (parts, model, [domain, offset, limit, order]) =>
    page(search(parts.store, model, domain ?? [], order ?? null, visible(parts, model)), offset, limit).map(
      ({ id }) => id,
    ),
  search_count: (parts, model, [domain]) =>
    search(parts.store, model, domain ?? [], null, visible(parts, model)).length,
  search_read: (parts, model, [domain, offset, limit, order, fields]) =>
    page(search(parts.store, model, domain ?? [], order ?? null, visible(parts, model)), offset, limit).map(
      (row) => readRow(parts.store, model, row, fields as string[]),
    ),
  read: ({ store }, model, [ids, fields]) =>
    (ids as Ids).map((id) => readRow(store, model, store.get(model, id), fields as string[])),
  create: (parts, model, [list]) => (list as JsonObject[]).map((values) => create(parts, model, values)),
  write: (parts, model, params, context) => {
    for (let index = 0; index < params.length; index += 2) {
      for (const id of params[index] as Ids) {
        checkTimestamp(parts.store, model, id, context);
        parts.store.write(model, id, params[index + 1] as JsonObject);
      }
    }
    return null;
  },
  delete: (parts, model, [ids]) => {
    if (model === 'sale.sale') parts.sales.delete(ids as Ids);
    else for (const id of ids as Ids) parts.store.delete(model, id);
    return null;
  },
};

const button =
  (run: (parts: Parts, ids: Ids) => Json | void): Method =>
  (parts, _model, [ids]) =>
    run(parts, ids as Ids) ?? null;
const saleButton = (name: Parameters<Sales['press']>[0]): Method =>
  button(({ sales }, ids) => sales.press(name, ids));
const shipmentButton = (name: Parameters<Shipments['press']>[0]): Method =>
  button(({ shipments }, ids) => shipments.press(name, ids));

/** What single models offer beyond that. */
const special: { readonly [name: string]: Method } = {
  'sale.sale.draft': saleButton('draft'),
  'sale.sale.quote': saleButton('quote'),
  'sale.sale.confirm': saleButton('confirm'),
  'sale.sale.process': saleButton('process'),
  'sale.sale.cancel': saleButton('cancel'),
  'stock.shipment.out.draft': shipmentButton('draft'),
  'stock.shipment.out.wait': shipmentButton('wait'),
  'stock.shipment.out.assign_try': button(({ shipments }, ids) => shipments.assign(ids)),
  'stock.shipment.out.pick': shipmentButton('pick'),
  'stock.shipment.out.pack': shipmentButton('pack'),
  'stock.shipment.out.done': shipmentButton('done'),
  'stock.shipment.out.cancel': shipmentButton('cancel'),
  'sale.amendment.validate_amendment': button(({ amendments }, ids) => amendments.validate(ids)),
  'account.invoice.post': button(({ invoices }, ids) => invoices.post(ids)),
  'account.invoice.cancel': button(({ invoices }, ids) => invoices.cancel(ids)),
};

/** Calls `model.<name>.<method>`. @throws HttpAnswer 403 for a method that is not offered, ServerError for the rest. */
export function callModel(parts: Parts, name: string, params: readonly Json[], context: JsonObject): Json {
  const dot = name.lastIndexOf('.');
  const [model, method] = [name.slice(0, dot), name.slice(dot + 1)];
  if (schema[model] === undefined) throw keyError(model);
  const found = special[name] ?? generic[method];
  if (found === undefined) throw new HttpAnswer(403, 'Forbidden');
  return found(parts, model, params, context);
}

function create(parts: Parts, model: string, values: JsonObject): number {
  if (model === 'sale.sale') return parts.sales.create(values);
  if (model === 'sale.amendment') return parts.amendments.create(values);
  if (model === 'sale.line') return parts.sales.createLine(values);
  if (model === 'party.party') {
    const code = values['code'];
    if (typeof code === 'string' && (parts.store.byValue(model, 'code', code)?.size ?? 0) > 0)
      throw userError('The code on party must be unique.');
    return parts.store.create(model, { active: true, ...values }).id;
  }
  return parts.store.create(model, values).id;
}

/** `_timestamp` in the context: the write is refused when the record moved on since. */
function checkTimestamp(store: Store, model: string, id: number, context: JsonObject): void {
  const wanted = (context['_timestamp'] as JsonObject | undefined)?.[`${model},${id}`];
  if (wanted !== undefined && wanted !== timestamp(store.get(model, id))) throw concurrencyError();
}

/** Seconds since the epoch with six decimals, as text. */
export function timestamp(row: Row): string {
  const at = (row['write_date'] ?? row['create_date']) as { readonly [unit: string]: number };
  const seconds =
    Date.UTC(at['year'] ?? 0, (at['month'] ?? 1) - 1, at['day'], at['hour'], at['minute'], at['second']) /
    1000;
  return `${seconds}.${String(at['microsecond']).padStart(6, '0')}`;
}

function page(rows: readonly Row[], offset: Json | undefined, limit: Json | undefined): readonly Row[] {
  const start = typeof offset === 'number' ? offset : 0;
  return typeof limit === 'number' ? rows.slice(start, start + limit) : rows.slice(start);
}
