import type { Json } from '#canonical/json.ts';
import { computed } from './object-rules.ts';
import type { OrgOptions } from './org-options.ts';
import { PlatformFault } from './platform-fault.ts';
import { normalId } from './record-ids.ts';
import type { RecordStore } from './record-store.ts';
import {
  childRelationship,
  type EmulatedRecord,
  type FieldDef,
  fieldNamed,
  type ObjectDef,
  relationshipNamed,
} from './schema.ts';
import { type Condition, parseSoql, type Query } from './soql-parser.ts';
import { compared, compareValues, instant, sameValue } from './soql-values.ts';

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
  run(
    soql: string,
    scope: 'live' | 'all' = 'live',
  ): { readonly total: number; readonly records: readonly Json[] } {
    return this.#run(parseSoql(soql), scope, null);
  }

  /** `parent` narrows a query over child records to those of one record. */
  #run(
    query: Query,
    scope: 'live' | 'all',
    parent: { readonly lookup: FieldDef; readonly id: string } | null,
  ): { readonly total: number; readonly records: readonly Json[] } {
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
    const children = query.children.map((child) => ({ child, ...this.#childOf(object, child.object) }));
    const ofParent = parent === null ? null : this.#store.by(object.name, parent.lookup.name, parent.id);
    const live =
      ofParent ?? (where === null ? null : this.#candidates(object, where)) ?? this.#store.all(object.name);
    const candidates =
      scope === 'all' && parent === null ? [...live, ...this.#store.binned(object.name)] : live;
    const found = candidates.filter((record) => where === null || this.#holds(object, where, record));
    if (query.fields === 'count') return { total: found.length, records: [] };
    const sorted = order.length === 0 ? found : found.toSorted((a, b) => this.#compare(a, b, order));
    const page = sorted.slice(query.offset, query.limit === null ? undefined : query.offset + query.limit);
    const withChildren = (record: EmulatedRecord): Json => {
      const shown = this.#project(object, record, paths) as Record<string, Json>;
      for (const { child, lookup, name } of children) {
        const found = this.#run({ ...child, object: name }, scope, { lookup, id: record.Id });
        shown[child.object] =
          found.total === 0 ? null : { totalSize: found.total, done: true, records: found.records };
      }
      return shown;
    };
    return { total: page.length, records: page.map(withChildren) };
  }

  /** The object and the lookup behind a child relationship, e.g. `OrderItems` of an order. */
  #childOf(object: ObjectDef, relationship: string): { readonly lookup: FieldDef; readonly name: string } {
    for (const candidate of this.#store.objects) {
      for (const lookup of candidate.fields.values()) {
        const plural = childRelationship(candidate, lookup);
        if (lookup.to === object.name && plural?.toLowerCase() === relationship.toLowerCase())
          return { lookup, name: candidate.name };
      }
    }
    throw new PlatformFault(
      'INVALID_TYPE',
      `Didn't understand relationship '${relationship}' in FROM part of query call.`,
    );
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
        const path = this.#path(object, condition.field);
        const value =
          path.field.type === 'datetime' ? instant(this.#value(path, record)) : this.#value(path, record);
        if (path.field.type === 'datetime' && typeof condition.value === 'string' && value !== null)
          return compared(condition.operator, compareValues(value, instant(condition.value)));
        if (condition.operator === '=') return sameValue(value, condition.value);
        if (condition.operator === '!=') return !sameValue(value, condition.value);
        if (value === null || condition.value === null) return false;
        return compared(condition.operator, compareValues(value, condition.value));
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
