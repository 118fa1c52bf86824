import type { Json } from '#canonical/json.ts';
import type { EmulatedRecord, ObjectDef } from './schema.ts';
import { recordId } from './record-ids.ts';

type Index = Map<string, Set<string>>;
type Table = {
  readonly object: ObjectDef;
  readonly rows: Map<string, EmulatedRecord>;
  readonly indexes: Map<string, Index>;
  /** The recycle bin. */
  readonly bin: Map<string, EmulatedRecord>;
  last: number;
};

const indexKey = (value: Json): string | null => (typeof value === 'string' ? value.toLowerCase() : null);

/** The org's records, indexed by lookups and external ids; every change can be undone. */
export class RecordStore {
  readonly #tables = new Map<string, Table>();

  constructor(objects: readonly ObjectDef[]) {
    for (const object of objects) {
      const indexed = [...object.fields.values()].filter(
        (field) => field.type === 'reference' || field.externalId === true,
      );
      this.#tables.set(object.name.toLowerCase(), {
        object,
        rows: new Map(),
        indexes: new Map(indexed.map((field) => [field.name.toLowerCase(), new Map()])),
        bin: new Map(),
        last: 0,
      });
    }
  }

  get objects(): readonly ObjectDef[] {
    return [...this.#tables.values()].map((table) => table.object);
  }

  object(name: string): ObjectDef | undefined {
    return this.#tables.get(name.toLowerCase())?.object;
  }

  get(object: string, id: string): EmulatedRecord | undefined {
    return this.#table(object).rows.get(id);
  }

  all(object: string): readonly EmulatedRecord[] {
    return [...this.#table(object).rows.values()];
  }

  /** Deleted records that can still be queried. */
  binned(object: string): readonly EmulatedRecord[] {
    return [...this.#table(object).bin.values()];
  }

  isIndexed(object: string, field: string): boolean {
    return this.#table(object).indexes.has(field.toLowerCase());
  }

  /** Records whose indexed field has the value, letters compared without regard to case. */
  by(object: string, field: string, value: string): readonly EmulatedRecord[] {
    const { rows, indexes } = this.#table(object);
    const ids = indexes.get(field.toLowerCase())?.get(value.toLowerCase());
    return ids === undefined ? [] : [...ids].flatMap((id) => rows.get(id) ?? []);
  }

  nextId(object: string): { readonly id: string; readonly number: number } {
    const table = this.#table(object);
    table.last += 1;
    return { id: recordId(table.object.keyPrefix, table.last), number: table.last };
  }

  /** Puts a record in its place; returns how to take that back. */
  put(object: string, record: EmulatedRecord): () => void {
    const table = this.#table(object);
    const before = table.rows.get(record.Id);
    this.#swap(table, before, record);
    return () => this.#swap(table, record, before);
  }

  /** Takes a record away, into the bin where a tombstone is given; returns how to take that back. */
  remove(object: string, id: string, tombstone?: EmulatedRecord): () => void {
    const table = this.#table(object);
    const before = table.rows.get(id);
    this.#swap(table, before, undefined);
    if (tombstone !== undefined) table.bin.set(id, tombstone);
    return () => {
      table.bin.delete(id);
      this.#swap(table, undefined, before);
    };
  }

  #swap(table: Table, before: EmulatedRecord | undefined, after: EmulatedRecord | undefined): void {
    for (const [field, index] of table.indexes) {
      const name = table.object.fields.get(field)?.name ?? field;
      const [old, next] = [indexKey(before?.[name] ?? null), indexKey(after?.[name] ?? null)];
      if (before !== undefined && old !== null) index.get(old)?.delete(before.Id);
      if (after !== undefined && next !== null) {
        const ids = index.get(next) ?? new Set();
        index.set(next, ids.add(after.Id));
      }
    }
    if (after === undefined) {
      if (before !== undefined) table.rows.delete(before.Id);
    } else table.rows.set(after.Id, after);
  }

  #table(object: string): Table {
    const table = this.#tables.get(object.toLowerCase());
    if (table === undefined) throw new TypeError(`no object "${object}"`);
    return table;
  }
}
