import { malformed } from './soql-tokens.ts';
import { type Literal, type Operator, SoqlReader } from './soql-reader.ts';

export type AggregateFunction = 'COUNT' | 'COUNT_DISTINCT' | 'SUM' | 'AVG' | 'MIN' | 'MAX';
const aggregateFunctions = new Set<string>(['COUNT', 'COUNT_DISTINCT', 'SUM', 'AVG', 'MIN', 'MAX']);

/** A field path, or an aggregate over one. */
export type Expression =
  | { readonly kind: 'field'; readonly path: string }
  | { readonly kind: 'aggregate'; readonly name: AggregateFunction; readonly path: string | null };
export type SelectItem = { readonly expression: Expression; readonly alias: string | null };
export type Condition =
  | {
      readonly kind: 'compare';
      readonly left: Expression;
      readonly operator: Operator;
      readonly value: Literal;
    }
  | { readonly kind: 'like'; readonly left: Expression; readonly pattern: string }
  | {
      readonly kind: 'in';
      readonly left: Expression;
      readonly not: boolean;
      readonly values: readonly Literal[] | Query;
    }
  | { readonly kind: 'and'; readonly all: readonly Condition[] }
  | { readonly kind: 'or'; readonly all: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition };
export type Query = {
  /** `count` = `COUNT()` alone; a scope stands for the fields of that kind. */
  readonly select: readonly SelectItem[] | 'count' | { readonly scope: 'ALL' | 'STANDARD' | 'CUSTOM' };
  /** Child records, by the name of their relationship. */
  readonly children: readonly Query[];
  readonly object: string;
  readonly where: Condition | null;
  readonly groupBy: readonly string[];
  readonly having: Condition | null;
  readonly orderBy: readonly {
    readonly by: Expression;
    readonly descending: boolean;
    readonly nullsLast: boolean;
  }[];
  readonly limit: number | null;
  readonly offset: number;
};

const clauses = new Set([
  'WHERE',
  'WITH',
  'GROUP',
  'HAVING',
  'ORDER',
  'LIMIT',
  'OFFSET',
  'FOR',
  'USING',
  'ALL',
]);

/** Reads a query as clients write them. @throws PlatformFault MALFORMED_QUERY for what is none, or is beyond this emulator */
export function parseSoql(text: string, nowMs: number): Query {
  const reader = new SoqlReader(text, nowMs);
  const query = select(reader);
  reader.end();
  return query;
}

function select(reader: SoqlReader): Query {
  reader.keyword('SELECT');
  const { select: items, children } = selected(reader);
  reader.keyword('FROM');
  const object = reader.word('object');
  const alias = reader.tryWordBut(clauses);
  const where = reader.tryKeyword('WHERE') ? disjunction(reader) : null;
  if (reader.tryKeyword('WITH') && !reader.tryKeyword('SECURITY_ENFORCED')) reader.keyword('USER_MODE');
  const groupBy = reader.tryKeyword('GROUP') ? grouping(reader) : [];
  const having = reader.tryKeyword('HAVING') ? disjunction(reader) : null;
  const orderBy = reader.tryKeyword('ORDER') ? ordering(reader) : [];
  const limit = reader.tryKeyword('LIMIT') ? reader.count() : null;
  const offset = reader.tryKeyword('OFFSET') ? reader.count() : 0;
  if (reader.tryKeyword('FOR') && !reader.tryKeyword('VIEW')) reader.keyword('REFERENCE');
  if (offset > 2_000) throw malformed('maximum SOQL offset allowed is 2000');
  const query = { select: items, children, object, where, groupBy, having, orderBy, limit, offset };
  return alias === null ? query : withoutAlias(query, alias);
}

function selected(reader: SoqlReader): Pick<Query, 'select' | 'children'> {
  if (reader.peekWord('FIELDS') && reader.peekCall()) {
    reader.word('FIELDS');
    reader.sign('(');
    const scope = reader.word('scope').toUpperCase();
    reader.sign(')');
    if (scope !== 'ALL' && scope !== 'STANDARD' && scope !== 'CUSTOM') reader.fail('STANDARD or CUSTOM');
    return { select: { scope }, children: [] };
  }
  const items: SelectItem[] = [];
  const children: Query[] = [];
  do {
    if (reader.trySign('(')) {
      children.push(select(reader));
      reader.sign(')');
      continue;
    }
    const item = expression(reader);
    const isAlone = item.kind === 'aggregate' && item.name === 'COUNT' && item.path === null;
    if (isAlone && items.length === 0 && reader.peekWord('FROM')) return { select: 'count', children };
    if (isAlone) reader.fail('field');
    items.push({ expression: item, alias: reader.tryWordBut(new Set(['FROM'])) });
  } while (reader.trySign(','));
  return { select: items, children };
}

function expression(reader: SoqlReader): Expression {
  if (!reader.peekCall()) return { kind: 'field', path: reader.word('field') };
  const name = reader.word('function').toUpperCase();
  if (!aggregateFunctions.has(name)) throw malformed(`unknown function ${name}`);
  reader.sign('(');
  const path = name === 'COUNT' && reader.trySign(')') ? null : reader.word('field');
  if (path !== null) reader.sign(')');
  return { kind: 'aggregate', name: name as AggregateFunction, path };
}

const disjunction = (reader: SoqlReader): Condition =>
  chain(reader, 'OR', 'or', (inner) => chain(inner, 'AND', 'and', factor));

function chain(
  reader: SoqlReader,
  word: string,
  kind: 'and' | 'or',
  part: (reader: SoqlReader) => Condition,
): Condition {
  const all = [part(reader)];
  while (reader.tryKeyword(word)) all.push(part(reader));
  const [only] = all;
  return all.length === 1 && only !== undefined ? only : { kind, all };
}

function factor(reader: SoqlReader): Condition {
  if (reader.tryKeyword('NOT')) return { kind: 'not', condition: factor(reader) };
  if (reader.trySign('(')) {
    const inner = disjunction(reader);
    reader.sign(')');
    return inner;
  }
  const left = expression(reader);
  if (reader.tryKeyword('LIKE')) {
    const pattern = reader.literal();
    return typeof pattern === 'string' ? { kind: 'like', left, pattern } : reader.fail('text');
  }
  const not = reader.tryKeyword('NOT');
  if (!not && !reader.peekWord('IN'))
    return { kind: 'compare', left, operator: reader.operator(), value: reader.literal() };
  reader.keyword('IN');
  reader.sign('(');
  if (reader.peekWord('SELECT')) {
    const values = select(reader);
    reader.sign(')');
    return { kind: 'in', left, not, values };
  }
  const values = [reader.literal()];
  while (reader.trySign(',')) values.push(reader.literal());
  reader.sign(')');
  return { kind: 'in', left, not, values };
}

function grouping(reader: SoqlReader): readonly string[] {
  reader.keyword('BY');
  const fields = [];
  do {
    if (reader.peekCall()) reader.fail('field');
    fields.push(reader.word('field'));
  } while (reader.trySign(','));
  return fields;
}

function ordering(reader: SoqlReader): Query['orderBy'] {
  reader.keyword('BY');
  const all = [];
  do {
    const by = expression(reader);
    const descending = reader.tryKeyword('DESC');
    if (!descending) reader.tryKeyword('ASC');
    const nullsLast = reader.tryKeyword('NULLS') && !reader.tryKeyword('FIRST');
    if (nullsLast) reader.keyword('LAST');
    all.push({ by, descending, nullsLast });
  } while (reader.trySign(','));
  return all;
}

/** `a.Name` of `FROM Account a` is `Name`. */
function withoutAlias(query: Query, alias: string): Query {
  const prefix = `${alias.toLowerCase()}.`;
  const strip = (path: string): string =>
    path.toLowerCase().startsWith(prefix) ? path.slice(prefix.length) : path;
  const expressionOf = (of: Expression): Expression =>
    of.kind === 'field'
      ? { ...of, path: strip(of.path) }
      : { ...of, path: of.path === null ? null : strip(of.path) };
  const conditionOf = (of: Condition): Condition => {
    if (of.kind === 'and' || of.kind === 'or') return { ...of, all: of.all.map(conditionOf) };
    if (of.kind === 'not') return { ...of, condition: conditionOf(of.condition) };
    return { ...of, left: expressionOf(of.left) };
  };
  return {
    ...query,
    select: Array.isArray(query.select)
      ? (query.select as readonly SelectItem[]).map((item) => ({
          ...item,
          expression: expressionOf(item.expression),
        }))
      : query.select,
    where: query.where === null ? null : conditionOf(query.where),
    groupBy: query.groupBy.map(strip),
    having: query.having === null ? null : conditionOf(query.having),
    orderBy: query.orderBy.map((order) => ({ ...order, by: expressionOf(order.by) })),
  };
}
