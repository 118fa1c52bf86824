import { malformed, soqlTokens, type Token } from './soql-tokens.ts';

export type Literal = string | number | boolean | null;
export type Comparison = {
  readonly kind: 'compare';
  readonly field: string;
  readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>=';
  readonly value: Literal;
};
export type Condition =
  | Comparison
  | {
      readonly kind: 'in';
      readonly field: string;
      readonly not: boolean;
      readonly values: readonly Literal[];
    }
  | { readonly kind: 'and'; readonly all: readonly Condition[] }
  | { readonly kind: 'or'; readonly all: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition };
export type Query = {
  readonly fields: readonly string[] | 'count';
  /** Child records, by the name of their relationship. */
  readonly children: readonly Query[];
  readonly object: string;
  readonly where: Condition | null;
  readonly orderBy: readonly { readonly field: string; readonly descending: boolean }[];
  readonly limit: number | null;
  readonly offset: number;
};

/** Words that start what this emulator cannot do: refused, never ignored. */
const unsupported = new Set([
  'GROUP',
  'HAVING',
  'FOR',
  'WITH',
  'USING',
  'TYPEOF',
  'ALL',
  'LIKE',
  'INCLUDES',
  'EXCLUDES',
]);

/** SELECT fields FROM object [WHERE ...] [ORDER BY ...] [LIMIT n] [OFFSET n]. @throws PlatformFault MALFORMED_QUERY for anything else */
export function parseSoql(text: string): Query {
  const reader = new TokenReader(soqlTokens(text));
  const query = select(reader);
  reader.end();
  return query;
}

function select(reader: TokenReader): Query {
  reader.keyword('SELECT');
  const { fields, children } = selected(reader);
  reader.keyword('FROM');
  const object = reader.word('object');
  const where = reader.tryKeyword('WHERE') ? disjunction(reader) : null;
  const orderBy = reader.tryKeyword('ORDER') ? ordering(reader) : [];
  const limit = reader.tryKeyword('LIMIT') ? reader.count() : null;
  const offset = reader.tryKeyword('OFFSET') ? reader.count() : 0;
  return { fields, children, object, where, orderBy, limit, offset };
}

function selected(reader: TokenReader): Pick<Query, 'fields' | 'children'> {
  if (reader.peekWord('COUNT')) {
    reader.word('COUNT');
    reader.sign('(');
    reader.sign(')');
    return { fields: 'count', children: [] };
  }
  const fields: string[] = [];
  const children: Query[] = [];
  do {
    if (reader.trySign('(')) {
      children.push(select(reader));
      reader.sign(')');
    } else fields.push(reader.word('field'));
  } while (reader.trySign(','));
  return { fields, children };
}

function disjunction(reader: TokenReader): Condition {
  return chain(reader, 'OR', 'or', (inner) => chain(inner, 'AND', 'and', factor));
}

function chain(
  reader: TokenReader,
  word: string,
  kind: 'and' | 'or',
  part: (reader: TokenReader) => Condition,
): Condition {
  const all = [part(reader)];
  while (reader.tryKeyword(word)) all.push(part(reader));
  const [only] = all;
  return all.length === 1 && only !== undefined ? only : { kind, all };
}

function factor(reader: TokenReader): Condition {
  if (reader.tryKeyword('NOT')) return { kind: 'not', condition: factor(reader) };
  if (reader.trySign('(')) {
    const inner = disjunction(reader);
    reader.sign(')');
    return inner;
  }
  const field = reader.word('field');
  const not = reader.tryKeyword('NOT');
  if (not || reader.peekWord('IN')) {
    reader.keyword('IN');
    reader.sign('(');
    const values = [reader.literal()];
    while (reader.trySign(',')) values.push(reader.literal());
    reader.sign(')');
    return { kind: 'in', field, not, values };
  }
  return { kind: 'compare', field, operator: reader.operator(), value: reader.literal() };
}

function ordering(reader: TokenReader): Query['orderBy'] {
  reader.keyword('BY');
  const all = [];
  do {
    const field = reader.word('field');
    const descending = reader.tryKeyword('DESC');
    if (!descending) reader.tryKeyword('ASC');
    all.push({ field, descending });
  } while (reader.trySign(','));
  return all;
}

class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', at: -1 };
  }

  #fail(expected: string): never {
    const token = this.#peek();
    throw malformed(`${expected} expected, found '${token.text || '<EOF>'}' at position ${token.at}`);
  }

  peekWord(word: string): boolean {
    const token = this.#peek();
    return token.kind === 'word' && token.text.toUpperCase() === word;
  }

  tryKeyword(word: string): boolean {
    const found = this.peekWord(word);
    if (found) this.#at += 1;
    return found;
  }

  keyword(word: string): void {
    if (!this.tryKeyword(word)) this.#fail(word);
  }

  word(what: string): string {
    const token = this.#peek();
    if (token.kind !== 'word' || unsupported.has(token.text.toUpperCase())) this.#fail(what);
    this.#at += 1;
    return token.text;
  }

  trySign(sign: string): boolean {
    const token = this.#peek();
    const found = token.kind === 'sign' && token.text === sign;
    if (found) this.#at += 1;
    return found;
  }

  sign(sign: string): void {
    if (!this.trySign(sign)) this.#fail(`'${sign}'`);
  }

  operator(): Comparison['operator'] {
    for (const sign of ['=', '!=', '<=', '>=', '<', '>'] as const) if (this.trySign(sign)) return sign;
    if (this.trySign('<>')) return '!=';
    return this.#fail('operator');
  }

  literal(): Literal {
    const token = this.#peek();
    this.#at += 1;
    if (token.kind === 'text' || token.kind === 'moment') return token.text;
    if (token.kind === 'number') return Number(token.text);
    const word = token.kind === 'word' ? token.text.toLowerCase() : '';
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    this.#at -= 1;
    return this.#fail('literal');
  }

  count(): number {
    const token = this.#peek();
    if (token.kind !== 'number' || !/^\d+$/.test(token.text)) this.#fail('number');
    this.#at += 1;
    return Number(token.text);
  }

  end(): void {
    if (this.#peek().kind !== 'end') this.#fail('end of query');
  }
}
