import type { Json, JsonObject } from '#canonical/json.ts';
import type { Row, Store } from './store.ts';
import { textOf } from './text.ts';

/** Reads fields as the server does: a dotted path comes back under its relation's name with a dot, always with the id. */
export function readRow(store: Store, model: string, row: Row, fields: readonly string[]): JsonObject {
  const result: { [field: string]: Json } = { id: row.id };
  const nested = new Map<string, string[]>();
  for (const path of fields) {
    const dot = path.indexOf('.');
    if (dot < 0) result[path] = value(store, model, row, path);
    else nested.set(path.slice(0, dot), [...(nested.get(path.slice(0, dot)) ?? []), path.slice(dot + 1)]);
  }
  for (const [name, paths] of nested) result[`${name}.`] = relation(store, model, row, name, paths);
  return result;
}

function value(store: Store, model: string, row: Row, name: string): Json {
  const field = store.field(model, name);
  if (field.kind === 'one2many' || field.kind === 'many2many') return store.related(model, row, name);
  if (field.kind === 'function') return store.computed(model, row, name);
  return row[name] ?? null;
}

function relation(store: Store, model: string, row: Row, name: string, paths: readonly string[]): Json {
  const field = store.field(model, name);
  if (field.kind === 'reference') {
    const [target, id] = textOf(row[name] ?? '').split(',');
    return target === undefined || id === undefined
      ? null
      : readRow(store, target, store.get(target, Number(id)), paths);
  }
  const target = 'target' in field ? field.target : undefined;
  if (target === undefined) throw new TypeError(`${model}.${name} is no relation`);
  const rows = store
    .related(model, row, name)
    .map((id) => readRow(store, target, store.get(target, id), paths));
  const isMany =
    field.kind === 'one2many' || field.kind === 'many2many' || (field.kind === 'function' && name !== 'sale');
  return isMany ? rows : (rows[0] ?? null);
}
