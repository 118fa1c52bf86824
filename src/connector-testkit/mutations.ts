import type { Json } from '#canonical/json.ts';
import { pathText } from '#connector-sdk/mapping.ts';

/** Keys and list positions from the root. */
export type Path = readonly (string | number)[];
/** One way of being wrong, at one place of a message. */
export type Mutation = { readonly path: Path; readonly what: MutationKind; readonly value: Json };

export const mutationKinds = [
  'removed',
  'null',
  'wrong type',
  'absurd text',
  'huge number',
  'negative',
  'empty',
  'hostile key',
  'doubled',
] as const;
export type MutationKind = (typeof mutationKinds)[number];

/** `line_items[0].price removed`. */
export const mutationText = (mutation: Mutation): string => `${pathText(mutation.path)} ${mutation.what}`;

/** An own `__proto__`, as JSON.parse makes it: whoever copies it by assignment changes a prototype. */
const hostile = JSON.parse(
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
) as Json;
/** Control characters, a lone surrogate, text that formats and paths trip over; much of it. */
const absurd = `\u0000\u001f\ud800'";--<x>\${7*7}../..\u202e${'9'.repeat(2_000)}`;

/** The kinds that typed code, too, can be given: text for text, a number for a number, null where null may stand. */
export const typedMutationKinds = [
  'null',
  'absurd text',
  'huge number',
  'negative',
  'empty',
  'doubled',
] as const satisfies readonly MutationKind[];

/** Every mutation of one kind that keeps the type of what it replaces, or makes it null. */
export function* typedMutations(
  body: Json,
  kind: (typeof typedMutationKinds)[number],
  places?: readonly Path[],
): Generator<Mutation> {
  for (const mutation of mutations(body, kind, places)) {
    const replaced = valueAt(mutation.value, mutation.path);
    if (replaced === null || typeof replaced === typeof valueAt(body, mutation.path)) yield mutation;
  }
}

/** Every mutation of one kind at these places of a message. Default: all of them. */
export function* mutations(
  body: Json,
  kind: MutationKind,
  places: readonly Path[] = pathsOf(body),
): Generator<Mutation> {
  for (const path of places) {
    const current = valueAt(body, path);
    for (const value of replacements(current, kind, path))
      yield {
        path,
        what: kind,
        value: value === removed ? without(body, path) : replaceAt(body, path, value),
      };
  }
}

/** The body with another value at the path. */
export function replaceAt(body: Json, path: Path, value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(body))
    return body.map((item: Json, index) => (index === key ? replaceAt(item, rest, value) : item));
  return fromEntries(
    entriesOf(body).map(([name, item]) => [name, name === key ? replaceAt(item, rest, value) : item]),
  );
}

/** The body without what stands at the path. */
export function without(body: Json, path: Path): Json {
  const [key, ...rest] = path;
  if (Array.isArray(body)) {
    return rest.length === 0
      ? body.filter((_, index) => index !== key)
      : body.map((item: Json, index) => (index === key ? without(item, rest) : item));
  }
  const kept = rest.length === 0 ? entriesOf(body).filter(([name]) => name !== key) : entriesOf(body);
  return fromEntries(kept.map(([name, item]) => [name, name === key ? without(item, rest) : item]));
}

/** The paths of all values, outermost first, the root left out; of a list the first two members, since the rest are alike. */
export function pathsOf(body: Json, path: Path = []): Path[] {
  const children = Array.isArray(body)
    ? body.slice(0, 2).map((item: Json, index) => [index, item] as const)
    : entriesOf(body);
  return children.flatMap(([key, item]) => [[...path, key], ...pathsOf(item, [...path, key])]);
}

export function valueAt(body: Json, path: Path): Json {
  return path.reduce<Json>((value, key) => (value as Record<string | number, Json>)[key] ?? null, body);
}

const removed = Symbol('removed');

function replacements(current: Json, kind: MutationKind, path: Path): (Json | typeof removed)[] {
  const isContainer = typeof current === 'object' && current !== null;
  switch (kind) {
    case 'removed':
      return typeof path.at(-1) === 'number' ? [] : [removed];
    case 'null':
      return current === null ? [] : [null];
    case 'wrong type':
      return isContainer
        ? ['text', 7, Array.isArray(current) ? { a: 1 } : [1]]
        : [{ a: 1 }, [current], typeof current === 'boolean' ? 'yes' : true];
    case 'absurd text':
      return isContainer ? [] : [absurd, ' '];
    case 'huge number':
      return isContainer ? [] : [1e308, 2 ** 53 + 2, '9'.repeat(40), '1e400'];
    case 'negative':
      return typeof current === 'number'
        ? [-current - 1, 0.1 + 0.2]
        : typeof current === 'string' && /^\d/.test(current)
          ? [`-${current}`]
          : [];
    case 'empty':
      return Array.isArray(current) ? [[]] : isContainer ? [{}] : typeof current === 'string' ? [''] : [];
    case 'hostile key':
      return isContainer && !Array.isArray(current)
        ? [fromEntries([...entriesOf(current), ...entriesOf(hostile)]), hostile]
        : [];
    case 'doubled':
      return Array.isArray(current) && current.length > 0 ? [[...current, current[0] as Json]] : [];
  }
}

const entriesOf = (value: Json): [string, Json][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

/** `Object.fromEntries` defines own properties, `__proto__` among them. */
const fromEntries = (entries: readonly (readonly [string, Json])[]): Json => Object.fromEntries(entries);
