import { malformed, soqlTokens, type Token } from './soql-tokens.ts';

/** A span of time, e.g. of `TODAY`: from the first millisecond up to, and without, the last. */
export type Period = { readonly fromMs: number; readonly toMs: number };
export type Literal = string | number | boolean | null | Period;
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** Words that start what this emulator cannot do: refused, never ignored. */
const unsupported = new Set(['USING', 'TYPEOF', 'ALL', 'INCLUDES', 'EXCLUDES']);
const dayMs = 24 * 3_600_000;

/** Reads a query word by word. @throws PlatformFault MALFORMED_QUERY at what does not belong there */
export class SoqlReader {
  readonly #tokens: readonly Token[];
  readonly #nowMs: number;
  #at = 0;

  constructor(text: string, nowMs: number) {
    this.#tokens = soqlTokens(text);
    this.#nowMs = nowMs;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? { kind: 'end', text: '', at: -1 };
  }

  fail(expected: string): never {
    const token = this.#peek();
    throw malformed(`${expected} expected, found '${token.text || '<EOF>'}' at position ${token.at}`);
  }

  peekWord(word: string): boolean {
    const token = this.#peek();
    return token.kind === 'word' && token.text.toUpperCase() === word;
  }

  peekCall(): boolean {
    const [name, sign] = [this.#peek(), this.#peek(1)];
    return name.kind === 'word' && sign.kind === 'sign' && sign.text === '(';
  }

  tryKeyword(word: string): boolean {
    const found = this.peekWord(word);
    if (found) this.#at += 1;
    return found;
  }

  keyword(word: string): void {
    if (!this.tryKeyword(word)) this.fail(word);
  }

  /** A word that is none of these. */
  tryWordBut(reserved: ReadonlySet<string>): string | null {
    const token = this.#peek();
    if (token.kind !== 'word' || reserved.has(token.text.toUpperCase())) return null;
    this.#at += 1;
    return token.text;
  }

  word(what: string): string {
    const token = this.#peek();
    if (token.kind !== 'word' || unsupported.has(token.text.toUpperCase())) this.fail(what);
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
    if (!this.trySign(sign)) this.fail(`'${sign}'`);
  }

  operator(): Operator {
    for (const sign of ['=', '!=', '<=', '>=', '<', '>'] as const) if (this.trySign(sign)) return sign;
    if (this.trySign('<>')) return '!=';
    return this.fail('operator');
  }

  literal(): Literal {
    const token = this.#peek();
    this.#at += 1;
    if (token.kind === 'text' || token.kind === 'moment') return token.text;
    if (token.kind === 'number') return Number(token.text);
    const word = token.kind === 'word' ? token.text.toUpperCase() : '';
    if (word === 'TRUE' || word === 'FALSE') return word === 'TRUE';
    if (word === 'NULL') return null;
    const period = this.#period(word);
    if (period !== null) return period;
    this.#at -= 1;
    return this.fail('literal');
  }

  count(): number {
    const token = this.#peek();
    if (token.kind !== 'number' || !/^\d+$/.test(token.text)) this.fail('number');
    this.#at += 1;
    return Number(token.text);
  }

  end(): void {
    if (this.#peek().kind !== 'end') this.fail('end of query');
  }

  #period(word: string): Period | null {
    const today = Math.floor(this.#nowMs / dayMs) * dayMs;
    if (word === 'TODAY') return { fromMs: today, toMs: today + dayMs };
    if (word === 'YESTERDAY') return { fromMs: today - dayMs, toMs: today };
    const days = /^LAST_N_DAYS:(\d+)$/.exec(word)?.[1];
    return days === undefined ? null : { fromMs: today - Number(days) * dayMs, toMs: today + dayMs };
  }
}
