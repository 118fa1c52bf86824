import type { Json, JsonObject } from '#canonical/json.ts';
import { encodeInstant, microInstant } from '../codec.ts';
import { keyError, userError } from './errors.ts';
import { commonFields, type Field, schema } from './schema.ts';
import { textOf } from './text.ts';

/** A record as it is kept: values as they travel, relations as ids. */
export type Row = { id: number; [field: string]: Json };
export type Compute = (row: Row, field: string) => Json;

/** The emulated database: tables, x2many commands, the reverse of every many2one, and write dates as PostgreSQL sets them. */
export class Store {
  readonly #tables = new Map<string, Map<number, Row>>();
  readonly #nextIds = new Map<string, number>();
  /** `model.field` -> value -> ids. */
  readonly #indexes = new Map<string, Map<Json, Set<number>>>();
  readonly #now: () => number;
  readonly compute = new Map<string, Compute>();
  #stamp = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws ServerError for a model that is not there. */
  table(model: string): Map<number, Row> {
    if (schema[model] === undefined) throw keyError(model);
    let table = this.#tables.get(model);
    if (table === undefined) this.#tables.set(model, (table = new Map()));
    return table;
  }

  field(model: string, name: string): Field {
    const field = schema[model]?.[name];
    if (field === undefined && !commonFields.has(name)) throw keyError(name);
    return field ?? { kind: 'plain' };
  }

  /** @throws ServerError when there is none: a deleted record is a UserError. */
  get(model: string, id: number): Row {
    const row = this.table(model).get(id);
    if (row === undefined)
      throw userError(`You are trying to read records "${id}" of "${model}" that don't exist anymore.`);
    return row;
  }

  create(model: string, values: JsonObject): Row {
    const id = (this.#nextIds.get(model) ?? 0) + 1;
    this.#nextIds.set(model, id);
    const row: Row = { id };
    for (const name of Object.keys(schema[model] ?? {}))
      if (this.field(model, name).kind === 'plain') row[name] = null;
    row['create_date'] = this.#timestamp();
    row['write_date'] = null;
    this.table(model).set(id, row);
    this.#assign(model, row, values);
    return row;
  }

  write(model: string, id: number, values: JsonObject): Row {
    const row = this.get(model, id);
    this.#assign(model, row, values);
    row['write_date'] = this.#timestamp();
    return row;
  }

  delete(model: string, id: number): void {
    const row = this.get(model, id);
    for (const [name, field] of Object.entries(schema[model] ?? {})) {
      if (field.kind === 'one2many')
        for (const child of this.related(model, row, name)) this.delete(field.target, child);
      this.#unindex(model, row, name);
    }
    this.table(model).delete(id);
  }

  /** Ids behind a relation, oldest first. */
  related(model: string, row: Row, name: string): readonly number[] {
    const field = this.field(model, name);
    if (field.kind === 'one2many')
      return [...(this.#indexes.get(`${field.target}.${field.inverse}`)?.get(row.id) ?? [])];
    if (field.kind === 'many2many') return (row[name] as number[] | undefined) ?? [];
    const value = field.kind === 'function' ? this.computed(model, row, name) : (row[name] ?? null);
    if (value === null) return [];
    return Array.isArray(value) ? (value as number[]) : [value as number];
  }

  computed(model: string, row: Row, name: string): Json {
    const compute = this.compute.get(`${model}.${name}`);
    return compute === undefined ? null : compute(row, name);
  }

  /** The records whose indexed field has this value, or null where the field has no index. */
  byValue(model: string, name: string, value: Json): ReadonlySet<number> | null {
    const field = schema[model]?.[name];
    if (
      field?.kind !== 'many2one' &&
      field?.kind !== 'reference' &&
      !(field?.kind === 'plain' && field.index)
    )
      return null;
    return this.#indexes.get(`${model}.${name}`)?.get(value) ?? new Set();
  }

  #assign(model: string, row: Row, values: JsonObject): void {
    for (const [name, value] of Object.entries(values)) {
      const field = this.field(model, name);
      if (field.kind === 'one2many') this.#children(field, row, value as readonly Json[]);
      else if (field.kind === 'many2many')
        row[name] = manyIds((row[name] as number[] | undefined) ?? [], value as readonly Json[]);
      else {
        this.#unindex(model, row, name);
        if (field.kind === 'many2one' && value !== null && !this.table(field.target).has(value as number))
          throw userError(`The value "${textOf(value)}" for field "${name}" in "${model}" does not exist.`);
        row[name] = value;
        this.#index(model, row, name);
      }
    }
  }

  #children(field: Extract<Field, { kind: 'one2many' }>, parent: Row, commands: readonly Json[]): void {
    for (const [verb, argument] of commands as readonly (readonly [string, readonly Json[]])[]) {
      if (verb === 'create')
        for (const values of argument)
          this.create(field.target, { ...(values as JsonObject), [field.inverse]: parent.id });
      else if (verb === 'add')
        for (const id of argument) this.write(field.target, id as number, { [field.inverse]: parent.id });
      else if (verb === 'delete') for (const id of argument) this.delete(field.target, id as number);
    }
  }

  #index(model: string, row: Row, name: string): void {
    const value = row[name] ?? null;
    if (value === null || this.byValue(model, name, value) === null) return;
    const key = `${model}.${name}`;
    let index = this.#indexes.get(key);
    if (index === undefined) this.#indexes.set(key, (index = new Map()));
    const ids = index.get(value);
    if (ids === undefined) index.set(value, new Set([row.id]));
    else ids.add(row.id);
  }

  #unindex(model: string, row: Row, name: string): void {
    this.#indexes
      .get(`${model}.${name}`)
      ?.get(row[name] ?? null)
      ?.delete(row.id);
  }

  /** Microseconds that never repeat, so that (write_date, id) orders as it does under PostgreSQL. */
  #timestamp(): JsonObject {
    const now = this.#now() * 1000;
    this.#stamp = Math.max(this.#stamp + 1, now);
    const text = microInstant(Math.floor(this.#stamp / 1000));
    return { ...encodeInstant(text), microsecond: Number(text.slice(20, 23)) * 1000 + (this.#stamp % 1000) };
  }
}

function manyIds(known: readonly number[], commands: readonly Json[]): number[] {
  const ids = new Set(known);
  for (const [verb, argument] of commands as readonly (readonly [string, readonly number[]])[]) {
    for (const id of argument) {
      if (verb === 'add') ids.add(id);
      else ids.delete(id);
    }
  }
  return [...ids];
}
