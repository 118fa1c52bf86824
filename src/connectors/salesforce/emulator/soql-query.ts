import type { Json } from '#canonical/json.ts';
import { computed } from './object-rules.ts';
import type { OrgOptions } from './org-options.ts';
import { PlatformFault } from './platform-fault.ts';
import { normalId } from './record-ids.ts';
import type { RecordStore } from './record-store.ts';
import {
  type EmulatedRecord,
  type FieldDef,
  fieldNamed,
  type ObjectDef,
  relationshipNamed,
} from './schema.ts';
import { type Condition, type Literal, parseSoql } from './soql-parser.ts';

/** A field of the object or, through lookups, of a parent. */
type Path = { readonly lookups: readonly FieldDef[]; readonly object: ObjectDef; readonly field: FieldDef };

/** Answers SOQL over the records there are; what it cannot do it refuses. */
export class SoqlEngine {
  readonly #store: RecordStore;
  readonly #options: OrgOptions;
  readonly #dataPath: () => string;

  constructor(store: RecordStore, options: OrgOptions, dataPath: () => string) {
    this.#store = store;
    this.#options = options;
    this.#dataPath = dataPath;
  }

  /** @throws PlatformFault MALFORMED_QUERY, INVALID_TYPE, INVALID_FIELD */
  run(soql: string): { readonly total: number; readonly records: readonly Json[] } {
    const query = parseSoql(soql);
    const object = this.#store.object(query.object);
    if (object === undefined)
      throw new PlatformFault('INVALID_TYPE', `sObject type '${query.object}' is not supported.`);
    const paths =
      query.fields === 'count'
        ? []
        : query.fields.map((field) => ({ name: field, path: this.#path(object, field) }));
    const where = query.where;
    if (where !== null) this.#check(object, where);
    const order = query.orderBy.map(({ field, descending }) => ({
      path: this.#path(object, field),
      descending,
    }));
    const candidates =
      (where === null ? null : this.#candidates(object, where)) ?? this.#store.all(object.name);
    const found = candidates.filter((record) => where === null || this.#holds(object, where, record));
    if (query.fields === 'count') return { total: found.length, records: [] };
    const sorted = order.length === 0 ? found : found.toSorted((a, b) => this.#compare(a, b, order));
    const page = sorted.slice(query.offset, query.limit === null ? undefined : query.offset + query.limit);
    return { total: page.length, records: page.map((record) => this.#project(object, record, paths)) };
  }

  #compare(
    a: EmulatedRecord,
    b: EmulatedRecord,
    order: readonly { readonly path: Path; readonly descending: boolean }[],
  ): number {
    for (const { path, descending } of order) {
      const by = compareValues(this.#value(path, a), this.#value(path, b));
      if (by !== 0) return descending ? -by : by;
    }
    return 0;
  }

  #path(object: ObjectDef, name: string): Path {
    const parts = name.split('.');
    const lookups: FieldDef[] = [];
    let current = object;
    for (const part of parts.slice(0, -1)) {
      const lookup = relationshipNamed(current, part);
      const next = lookup === undefined ? undefined : this.#store.object(lookup.to ?? '');
      if (lookup === undefined || next === undefined)
        throw new PlatformFault('INVALID_FIELD', `Didn't understand relationship '${part}' in field path.`);
      lookups.push(lookup);
      current = next;
    }
    const field = fieldNamed(current, parts.at(-1) ?? '');
    if (field === undefined)
      throw new PlatformFault(
        'INVALID_FIELD',
        `No such column '${parts.at(-1)}' on entity '${current.name}'.`,
      );
    return { lookups, object: current, field };
  }

  /** Every field of a condition exists and takes the literal's type. */
  #check(object: ObjectDef, condition: Condition): void {
    if (condition.kind === 'and' || condition.kind === 'or')
      for (const part of condition.all) this.#check(object, part);
    else if (condition.kind === 'not') this.#check(object, condition.condition);
    else {
      const { field } = this.#path(object, condition.field);
      const values = condition.kind === 'in' ? condition.values : [condition.value];
      const expected =
        field.type === 'boolean'
          ? 'boolean'
          : field.type === 'double' || field.type === 'currency'
            ? 'number'
            : 'string';
      const wrong = values.find((value) => value !== null && typeof value !== expected);
      if (wrong !== undefined)
        throw new PlatformFault(
          'INVALID_FIELD',
          `value of filter criterion for field '${field.name}' must be of type ${field.type}`,
        );
    }
  }

  /** Fewer records that may hold the condition, by an index; null when none serves. */
  #candidates(object: ObjectDef, condition: Condition): readonly EmulatedRecord[] | null {
    if (condition.kind === 'and') {
      for (const part of condition.all) {
        const found = this.#candidates(object, part);
        if (found !== null) return found;
      }
      return null;
    }
    if (condition.kind !== 'in' && condition.kind !== 'compare') return null;
    const values =
      condition.kind === 'in'
        ? condition.not
          ? null
          : condition.values
        : condition.operator === '='
          ? [condition.value]
          : null;
    if (values === null || values.some((value) => typeof value !== 'string')) return null;
    return this.#byIndex(object, this.#path(object, condition.field), values as readonly string[]);
  }

  #byIndex(
    object: ObjectDef,
    { lookups, object: target, field }: Path,
    values: readonly string[],
  ): readonly EmulatedRecord[] | null {
    const ids = (value: string) => normalId(value) ?? value;
    const direct = (on: ObjectDef): readonly EmulatedRecord[] | null => {
      if (field.type === 'id') return values.flatMap((value) => this.#store.get(on.name, ids(value)) ?? []);
      if (!this.#store.isIndexed(on.name, field.name)) return null;
      return [
        ...new Set(
          values.flatMap((value) =>
            this.#store.by(on.name, field.name, field.type === 'reference' ? ids(value) : value),
          ),
        ),
      ];
    };
    if (lookups.length === 0) return direct(object);
    const [lookup] = lookups;
    if (lookups.length > 1 || lookup === undefined) return null;
    return direct(target)?.flatMap((parent) => this.#store.by(object.name, lookup.name, parent.Id)) ?? null;
  }

  #holds(object: ObjectDef, condition: Condition, record: EmulatedRecord): boolean {
    switch (condition.kind) {
      case 'and':
        return condition.all.every((part) => this.#holds(object, part, record));
      case 'or':
        return condition.all.some((part) => this.#holds(object, part, record));
      case 'not':
        return !this.#holds(object, condition.condition, record);
      case 'in': {
        const value = this.#value(this.#path(object, condition.field), record);
        return condition.values.some((candidate) => sameValue(value, candidate)) !== condition.not;
      }
      case 'compare': {
        const value = this.#value(this.#path(object, condition.field), record);
        if (condition.operator === '=') return sameValue(value, condition.value);
        if (condition.operator === '!=') return !sameValue(value, condition.value);
        if (value === null || condition.value === null) return false;
        const by = compareValues(value, condition.value);
        return condition.operator === '<'
          ? by < 0
          : condition.operator === '<='
            ? by <= 0
            : condition.operator === '>'
              ? by > 0
              : by >= 0;
      }
    }
  }

  #value({ lookups, object, field }: Path, record: EmulatedRecord): Json {
    let current: EmulatedRecord | undefined = record;
    for (const lookup of lookups) {
      const id: Json = current?.[lookup.name] ?? null;
      current = typeof id === 'string' ? this.#store.get(lookup.to ?? '', id) : undefined;
    }
    if (current === undefined) return null;
    return (
      computed(this.#store, this.#options, object.name, field.name, current) ?? current[field.name] ?? null
    );
  }

  #project(
    object: ObjectDef,
    record: EmulatedRecord,
    paths: readonly { readonly name: string; readonly path: Path }[],
  ): Json {
    const result: Record<string, Json> = { attributes: this.#attributes(object, record.Id) };
    for (const { path } of paths) {
      let target = result;
      let row: EmulatedRecord | undefined = record;
      for (const lookup of path.lookups) {
        const name = lookup.relationship ?? lookup.name;
        const id: Json = row?.[lookup.name] ?? null;
        row = typeof id === 'string' ? this.#store.get(lookup.to ?? '', id) : undefined;
        const parent = this.#store.object(lookup.to ?? '');
        if (row === undefined || parent === undefined) {
          target[name] = null;
          break;
        }
        const nested = (target[name] ?? { attributes: this.#attributes(parent, row.Id) }) as Record<
          string,
          Json
        >;
        target[name] = nested;
        target = nested;
      }
      if (row !== undefined) target[path.field.name] = this.#value(path, record);
    }
    return result;
  }

  #attributes(object: ObjectDef, id: string): Json {
    return { type: object.name, url: `${this.#dataPath()}/sobjects/${object.name}/${id}` };
  }
}

/** Text is compared without regard to case; ids in either length. */
function sameValue(value: Json, literal: Literal): boolean {
  if (typeof value !== 'string' || typeof literal !== 'string') return value === literal;
  if (value === literal || value.toLowerCase() === literal.toLowerCase()) return true;
  return /^[A-Za-z0-9]{15}$/.test(literal) && normalId(literal) === value;
}

function compareValues(a: Json, b: Json | Literal): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [JSON.stringify(a).toLowerCase(), JSON.stringify(b).toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}
