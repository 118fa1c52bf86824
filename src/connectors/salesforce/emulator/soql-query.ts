import type { Json } from '#canonical/json.ts';
import type { OrgOptions } from './org-options.ts';
import { PlatformFault } from './platform-fault.ts';
import type { RecordStore } from './record-store.ts';
import { childRelationship, type EmulatedRecord, type FieldDef, type ObjectDef } from './schema.ts';
import { aggregate, keyOf } from './soql-aggregates.ts';
import { candidates } from './soql-index.ts';
import { type Condition, type Expression, parseSoql, type Query, type SelectItem } from './soql-parser.ts';
import { type FieldPath, fieldPath, valueAt } from './soql-paths.ts';
import { compares, compareValues, isLike, isPeriod, sameValue, type Typed } from './soql-values.ts';

export type Scope = 'live' | 'all';
type Found = { readonly object: ObjectDef; readonly total: number; readonly records: readonly Json[] };
type Parent = { readonly lookup: FieldDef; readonly id: string };

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
  run(soql: string, scope: Scope = 'live'): Found & { readonly query: Query } {
    const query = parseSoql(soql, this.#options.now());
    return { query, ...this.#run(query, scope, null) };
  }

  /** `parent` narrows a query over child records to those of one record. */
  #run(query: Query, scope: Scope, parent: Parent | null): Found {
    const object = this.#store.object(query.object);
    if (object === undefined)
      throw new PlatformFault('INVALID_TYPE', `sObject type '${query.object}' is not supported.`);
    const { where } = query;
    if (where !== null) this.#check(object, where);
    const live =
      parent !== null
        ? this.#store.by(object.name, parent.lookup.name, parent.id)
        : ((where === null ? null : candidates(this.#store, object, where)) ?? this.#store.all(object.name));
    const rows = scope === 'all' && parent === null ? [...live, ...this.#store.binned(object.name)] : live;
    const holds = where === null ? () => true : this.#predicate(object, where);
    const found = rows.filter((record) => holds((by) => this.#typed(object, by, record)));
    if (query.select === 'count') return { object, total: found.length, records: [] };
    const items = this.#items(object, query);
    const isGrouped =
      query.groupBy.length > 0 || items.some(({ expression }) => expression.kind === 'aggregate');
    return isGrouped
      ? this.#groups(object, query, items, found)
      : this.#rows(object, query, items, found, scope);
  }

  #rows(
    object: ObjectDef,
    query: Query,
    items: readonly SelectItem[],
    found: readonly EmulatedRecord[],
    scope: Scope,
  ): Found {
    const paths = items.map(({ expression }) => this.#path(object, expression));
    const children = query.children.map((child) => ({ child, ...this.#childOf(object, child.object) }));
    const sorted = this.#sorted(query, found, (by, record) => this.#typed(object, by, record).value);
    const page = sorted.slice(query.offset, query.limit === null ? undefined : query.offset + query.limit);
    const records = page.map((record): Json => {
      const shown = this.#project(object, record, paths);
      for (const { child, lookup, name } of children) {
        const of = this.#run({ ...child, object: name }, scope, { lookup, id: record.Id });
        shown[child.object] =
          of.total === 0 ? null : { totalSize: of.total, done: true, records: of.records };
      }
      return shown;
    });
    return { object, total: page.length, records };
  }

  #groups(
    object: ObjectDef,
    query: Query,
    items: readonly SelectItem[],
    found: readonly EmulatedRecord[],
  ): Found {
    const by = query.groupBy.map((path): Expression => ({ kind: 'field', path }));
    const loose = items.find(
      ({ expression }) =>
        expression.kind === 'field' && !by.some((known) => keyOf(known) === keyOf(expression)),
    );
    if (loose !== undefined)
      throw new PlatformFault(
        'MALFORMED_QUERY',
        `Field must be grouped or aggregated: ${keyOf(loose.expression)}`,
      );
    const groups = new Map<string, EmulatedRecord[]>();
    if (by.length === 0) groups.set('[]', []);
    for (const record of found) {
      const key = JSON.stringify(by.map((of) => this.#typed(object, of, record).value)).toLowerCase();
      groups.set(key, [...(groups.get(key) ?? []), record]);
    }
    const typedOf = (of: Expression, rows: readonly EmulatedRecord[]): Typed => {
      if (of.kind === 'field') {
        const [first] = rows;
        return first === undefined ? { value: null, type: 'string' } : this.#typed(object, of, first);
      }
      const path = of.path === null ? null : this.#path(object, { kind: 'field', path: of.path });
      const values = path === null ? [] : rows.map((row) => valueAt(this.#store, this.#options, path, row));
      return { value: aggregate(of.name, values, rows.length), type: path?.field.type ?? 'double' };
    };
    const holds = query.having === null ? () => true : this.#predicate(object, query.having);
    const kept = [...groups.values()].filter((rows) => holds((of) => typedOf(of, rows)));
    const sorted = this.#sorted(query, kept, (of, rows) => typedOf(of, rows).value);
    const page = sorted.slice(query.offset, query.limit === null ? undefined : query.offset + query.limit);
    const records = page.map((rows): Json => {
      const shown: Record<string, Json> = { attributes: { type: 'AggregateResult' } };
      let unnamed = 0;
      for (const { expression, alias } of items) {
        const name =
          alias ??
          (expression.kind === 'field' ? (expression.path.split('.').at(-1) ?? '') : `expr${unnamed++}`);
        shown[name] = typedOf(expression, rows).value;
      }
      return shown;
    });
    return { object, total: page.length, records };
  }

  #items(object: ObjectDef, { select, limit }: Query): readonly SelectItem[] {
    if (select === 'count') return [];
    if (!('scope' in select)) return select;
    if (select.scope !== 'STANDARD' && (limit === null || limit > 200))
      throw new PlatformFault('MALFORMED_QUERY', 'The SOQL FIELDS function must have a LIMIT of at most 200');
    return [...object.fields.values()]
      .filter(({ name }) => select.scope === 'ALL' || name.endsWith('__c') === (select.scope === 'CUSTOM'))
      .map(({ name }) => ({ expression: { kind: 'field', path: name }, alias: null }));
  }

  #sorted<Row>(
    query: Query,
    rows: readonly Row[],
    valueOf: (by: Expression, row: Row) => Json,
  ): readonly Row[] {
    if (query.orderBy.length === 0) return rows;
    return rows.toSorted((a, b) => {
      for (const { by, descending, nullsLast } of query.orderBy) {
        const [left, right] = [valueOf(by, a), valueOf(by, b)];
        if ((left === null) !== (right === null)) return (left === null) === nullsLast ? 1 : -1;
        const order = compareValues(left, right);
        if (order !== 0) return descending ? -order : order;
      }
      return 0;
    });
  }

  #path(object: ObjectDef, expression: Expression): FieldPath {
    if (expression.kind === 'aggregate')
      throw new PlatformFault('MALFORMED_QUERY', `${keyOf(expression)} is not allowed here`);
    return fieldPath(this.#store, object, expression.path);
  }

  #typed(object: ObjectDef, expression: Expression, record: EmulatedRecord): Typed {
    const path = this.#path(object, expression);
    return { value: valueAt(this.#store, this.#options, path, record), type: path.field.type };
  }

  /** Every field of a condition exists and takes the literal's type. */
  #check(object: ObjectDef, condition: Condition): void {
    if (condition.kind === 'and' || condition.kind === 'or')
      for (const part of condition.all) this.#check(object, part);
    else if (condition.kind === 'not') this.#check(object, condition.condition);
    else {
      const { field } = this.#path(object, condition.left);
      const values =
        condition.kind === 'compare' ? [condition.value] : condition.kind === 'in' ? condition.values : [];
      const numeric = field.type === 'double' || field.type === 'currency';
      const expected = field.type === 'boolean' ? 'boolean' : numeric ? 'number' : 'string';
      const wrong = Array.isArray(values)
        ? values.find((value) => value !== null && !isPeriod(value) && typeof value !== expected)
        : undefined;
      if (wrong !== undefined)
        throw new PlatformFault(
          'INVALID_FIELD',
          `value of filter criterion for field '${field.name}' must be of type ${field.type}`,
        );
    }
  }

  /** A condition as a function of what its expressions are worth. A query within it is run once. */
  #predicate(object: ObjectDef, condition: Condition): (typed: (by: Expression) => Typed) => boolean {
    switch (condition.kind) {
      case 'and':
      case 'or': {
        const parts = condition.all.map((part) => this.#predicate(object, part));
        return condition.kind === 'and'
          ? (typed) => parts.every((part) => part(typed))
          : (typed) => parts.some((part) => part(typed));
      }
      case 'not': {
        const inner = this.#predicate(object, condition.condition);
        return (typed) => !inner(typed);
      }
      case 'like':
        return (typed) => isLike(typed(condition.left).value, condition.pattern);
      case 'compare':
        return (typed) => compares(typed(condition.left), condition.operator, condition.value);
      case 'in': {
        const { left, not, values } = condition;
        const list = 'object' in values ? this.#column(values) : values;
        return (typed) => list.some((value) => sameValue(typed(left), value)) !== not;
      }
    }
  }

  /** The one column of a query within a condition. */
  #column(query: Query): readonly string[] {
    const { records } = this.#run(query, 'live', null);
    return records.flatMap((record) =>
      Object.entries(record as Record<string, Json>).flatMap(([name, value]) =>
        name !== 'attributes' && typeof value === 'string' ? [value] : [],
      ),
    );
  }

  /** The object and the lookup behind a child relationship, e.g. `OrderItems` of an order. */
  #childOf(object: ObjectDef, relationship: string): { readonly lookup: FieldDef; readonly name: string } {
    for (const child of this.#store.objects) {
      for (const lookup of child.fields.values()) {
        const plural = childRelationship(child, lookup);
        if (lookup.to === object.name && plural?.toLowerCase() === relationship.toLowerCase())
          return { lookup, name: child.name };
      }
    }
    const message = `Didn't understand relationship '${relationship}' in FROM part of query call.`;
    throw new PlatformFault('INVALID_TYPE', message);
  }

  #project(object: ObjectDef, record: EmulatedRecord, paths: readonly FieldPath[]): Record<string, Json> {
    const result: Record<string, Json> = { attributes: this.#attributes(object, record.Id) };
    for (const path of paths) {
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
      if (row !== undefined) target[path.field.name] = valueAt(this.#store, this.#options, path, record);
    }
    return result;
  }

  #attributes(object: ObjectDef, id: string): Json {
    return { type: object.name, url: `${this.#dataPath()}/sobjects/${object.name}/${id}` };
  }
}
