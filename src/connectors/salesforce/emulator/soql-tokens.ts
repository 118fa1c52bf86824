import { PlatformFault } from './platform-fault.ts';

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly at: number }
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly text: string; readonly at: number }
  | { readonly kind: 'moment'; readonly text: string; readonly at: number }
  | { readonly kind: 'sign'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

const patterns: readonly (readonly [Exclude<Token['kind'], 'end'>, RegExp])[] = [
  ['text', /'(?:[^'\\]|\\.)*'/y],
  ['moment', /\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2}))?/y],
  ['number', /-?\d+(?:\.\d+)?/y],
  ['word', /[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*|:\d+)*/y],
  ['sign', /<=|>=|!=|<>|[=<>(),]/y],
];

export const malformed = (message: string): PlatformFault => new PlatformFault('MALFORMED_QUERY', message);

/** The tokens of a query. @throws PlatformFault MALFORMED_QUERY at the first character that is none */
export function soqlTokens(query: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    if (/\s/.test(query.charAt(at))) {
      at += 1;
      continue;
    }
    const token = tokenAt(query, at);
    if (token === null) throw malformed(`unexpected token: '${query.charAt(at)}' at position ${at}`);
    tokens.push(token.token);
    at += token.length;
  }
  return [...tokens, { kind: 'end', text: '', at }];
}

function tokenAt(query: string, at: number): { readonly token: Token; readonly length: number } | null {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(query)?.[0];
    if (match !== undefined)
      return {
        token: { kind, text: kind === 'text' ? unescaped(match, at) : match, at },
        length: match.length,
      };
  }
  return null;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

function unescaped(literal: string, at: number): string {
  return literal.slice(1, -1).replace(/\\(.)/gs, (_all, character: string) => {
    const meant = escapes[character];
    if (meant === undefined) throw malformed(`invalid escape sequence '\\${character}' at position ${at}`);
    return meant;
  });
}
