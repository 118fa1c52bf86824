import Big from 'big.js';
import type { Json, JsonObject } from '#canonical/json.ts';
import { schema } from './schema.ts';
import type { Row, Store } from './store.ts';
import { textOf } from './text.ts';

/** The records of a model that fulfil a search domain, in the order asked for. */
export function search(
  store: Store,
  model: string,
  domain: Json,
  order: Json,
  isVisible: (row: Row) => boolean,
): Row[] {
  const table = store.table(model);
  const ids = candidates(store, model, domain);
  const rows: Row[] = [];
  for (const row of ids === null ? table.values() : [...ids].flatMap((id) => table.get(id) ?? [])) {
    if (isVisible(row) && matches(store, model, row, domain)) rows.push(row);
  }
  const by = (order as readonly (readonly [string, string])[] | null) ?? [['id', 'ASC']];
  return rows.toSorted((a, b) => {
    for (const [name, direction] of by) {
      const compared = compare(a[name] ?? null, b[name] ?? null);
      if (compared !== 0) return direction.startsWith('DESC') ? -compared : compared;
    }
    return 0;
  });
}

/** Equalities on indexed fields narrow the search: one of those that must hold, or all of an OR. */
function candidates(store: Store, model: string, domain: Json): ReadonlySet<number> | null {
  if (!Array.isArray(domain)) return null;
  const clauses = domain as readonly Json[];
  if (clauses[0] === 'OR') {
    const branches = clauses.slice(1).map((clause) => candidates(store, model, clause));
    return branches.reduce(
      (all, ids) => (all === null || ids === null ? null : new Set([...all, ...ids])),
      new Set<number>(),
    );
  }
  if (typeof clauses[0] === 'string') return clauses[0] === 'AND' ? null : equal(store, model, clauses);
  for (const clause of clauses) {
    const ids = candidates(store, model, clause);
    if (ids !== null) return ids;
  }
  return null;
}

/** The records for which `path = value` can hold, where indexes lead there. */
function equal(
  store: Store,
  model: string,
  [path, operator, value = null]: readonly Json[],
): ReadonlySet<number> | null {
  if (operator !== '=' || value === null || typeof path !== 'string') return null;
  if (path === 'id') return typeof value === 'number' ? new Set([value]) : null;
  // Every record is of the one company: that narrows nothing.
  if (path === 'company') return null;
  const dot = path.indexOf('.');
  if (dot < 0) return schema[model]?.[path] === undefined ? null : store.byValue(model, path, value);
  const field = schema[model]?.[path.slice(0, dot)];
  if (field?.kind !== 'one2many') return null;
  const children = equal(store, field.target, [path.slice(dot + 1), operator, value]);
  return children === null
    ? null
    : new Set([...children].map((id) => store.get(field.target, id)[field.inverse] as number));
}

const operators = new Set([
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'not in',
  'like',
  'ilike',
  'not like',
  'not ilike',
]);

function matches(store: Store, model: string, row: Row, domain: Json): boolean {
  const clauses = domain as readonly Json[];
  if (clauses.length === 0) return true;
  const [head] = clauses;
  if (head === 'OR') return clauses.slice(1).some((clause) => matches(store, model, row, clause));
  if (head === 'AND') return clauses.slice(1).every((clause) => matches(store, model, row, clause));
  if (typeof head === 'string') return matchesLeaf(store, model, row, clauses);
  return clauses.every((clause) => matches(store, model, row, clause));
}

function matchesLeaf(
  store: Store,
  model: string,
  row: Row,
  [path, operator, wanted]: readonly Json[],
): boolean {
  if (!operators.has(textOf(operator))) throw new TypeError(`no operator ${textOf(operator)}`);
  const [name = '', ...rest] = textOf(path).split('.');
  const field = store.field(model, name);
  if (rest.length > 0) {
    const target = 'target' in field ? field.target : undefined;
    if (target === undefined) throw new TypeError(`${name} is no relation`);
    return store
      .related(model, row, name)
      .some((id) =>
        matchesLeaf(store, target, store.get(target, id), [rest.join('.'), operator ?? '=', wanted ?? null]),
      );
  }
  const value = field.kind === 'function' ? store.computed(model, row, name) : (row[name] ?? null);
  return test(value, textOf(operator), wanted ?? null);
}

function test(value: Json, operator: string, wanted: Json): boolean {
  switch (operator) {
    case '=':
      return compare(value, wanted) === 0 && (value === null) === (wanted === null);
    case '!=':
      return !test(value, '=', wanted);
    case 'in':
      return (wanted as readonly Json[]).some((one) => test(value, '=', one));
    case 'not in':
      return !test(value, 'in', wanted);
    case 'like':
    case 'ilike':
      return typeof value === 'string' && pattern(textOf(wanted), operator === 'ilike').test(value);
    case 'not like':
    case 'not ilike':
      return !test(value, operator.slice(4), wanted);
    default: {
      // SQL: null compares with nothing.
      if (value === null || wanted === null) return false;
      const compared = compare(value, wanted);
      return operator === '<'
        ? compared < 0
        : operator === '<='
          ? compared <= 0
          : operator === '>'
            ? compared > 0
            : compared >= 0;
    }
  }
}

const patterns = new Map<string, RegExp>();
function pattern(like: string, anyCase: boolean): RegExp {
  const key = `${like}\n${String(anyCase)}`;
  let expression = patterns.get(key);
  if (expression === undefined) {
    const source = like.replaceAll(/\\?[\s\S]/g, (part) =>
      part === '%'
        ? '[\\s\\S]*'
        : part === '_'
          ? '[\\s\\S]'
          : RegExp.escape(part.length === 2 ? part.slice(1) : part),
    );
    patterns.set(key, (expression = new RegExp(`^${source}$`, anyCase ? 'i' : '')));
  }
  return expression;
}

/** As PostgreSQL: nulls last. */
function compare(a: Json, b: Json): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'object' && typeof b === 'object') {
    if ((a as JsonObject)['__class__'] === 'Decimal')
      return new Big(textOf((a as JsonObject)['decimal'])).cmp(textOf((b as JsonObject)['decimal']));
    const [left, right] = [timeKey(a as JsonObject), timeKey(b as JsonObject)];
    return left < right ? -1 : left > right ? 1 : 0;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

const timeKeys = new WeakMap<object, string>();
const units = [
  ['year', 4],
  ['month', 2],
  ['day', 2],
  ['hour', 2],
  ['minute', 2],
  ['second', 2],
  ['microsecond', 6],
] as const;
function timeKey(at: JsonObject): string {
  let key = timeKeys.get(at);
  if (key === undefined)
    timeKeys.set(
      at,
      (key = units.map(([unit, digits]) => textOf(at[unit] ?? 0).padStart(digits, '0')).join('')),
    );
  return key;
}
