import { z } from 'zod';

/**
 * JSON as it was written: a number that would come back as another text (an id beyond 2^53, `1.10`) is kept as its text, and is
 * written that way again by `JSON.stringify`.
 */
export type ExactJson =
  null | boolean | number | string | RawJson | readonly ExactJson[] | { readonly [key: string]: ExactJson };
/** An interface, since a type would count as an object of any keys. */
interface RawJson {
  readonly rawJSON: string;
}

// ECMAScript "JSON.parse source text access"; the compiler's library does not know it yet.
const json = JSON as unknown as {
  rawJSON(text: string): RawJson;
  isRawJSON(value: unknown): value is RawJson;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): ExactJson;
};

/** @throws SyntaxError */
export const parseExact = (text: string): ExactJson =>
  json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? json.rawJSON(source)
      : value,
  );

const operationSchema = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('add'),
    path: z.string(),
    value: z.custom<ExactJson>((v) => v !== undefined),
  }),
  z.strictObject({
    op: z.literal('replace'),
    path: z.string(),
    value: z.custom<ExactJson>((v) => v !== undefined),
  }),
  z.strictObject({
    op: z.literal('test'),
    path: z.string(),
    value: z.custom<ExactJson>((v) => v !== undefined),
  }),
  z.strictObject({ op: z.literal('remove'), path: z.string() }),
]);

/** RFC 6902 without `move` and `copy`. */
export const jsonPatchSchema = z.array(operationSchema);
export type JsonPatch = z.infer<typeof jsonPatchSchema>;

/** What leads from one document to the other. Each value that goes is named by a `test` before, so that the patch tells before and after. */
export function diffJson(before: ExactJson, after: ExactJson, path = ''): JsonPatch {
  if (isSame(before, after)) return [];
  if (isList(before) && isList(after)) {
    const common = Math.min(before.length, after.length);
    return [
      ...before.slice(0, common).flatMap((value, at) => diffJson(value, after[at] ?? null, `${path}/${at}`)),
      // From the end, so that the places before it stay what they are.
      ...before
        .slice(common)
        .map((value, at) => ({ value, path: `${path}/${common + at}` }))
        .reverse()
        .flatMap(gone),
      ...after.slice(common).map((value) => ({ op: 'add' as const, path: `${path}/-`, value })),
    ];
  }
  if (isRecord(before) && isRecord(after)) {
    const place = (key: string): string => `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return [
      ...Object.entries(before).flatMap(([key, value]) =>
        Object.hasOwn(after, key)
          ? diffJson(value, after[key] ?? null, place(key))
          : gone({ value, path: place(key) }),
      ),
      ...Object.entries(after)
        .filter(([key]) => !Object.hasOwn(before, key))
        .map(([key, value]) => ({ op: 'add' as const, path: place(key), value })),
    ];
  }
  return [
    { op: 'test', path, value: before },
    { op: 'replace', path, value: after },
  ];
}

const gone = ({ value, path }: { value: ExactJson; path: string }): JsonPatch => [
  { op: 'test', path, value },
  { op: 'remove', path },
];

/** @throws Error naming the operation that does not fit, never a value; then nothing is applied */
export function applyPatch(document: ExactJson, patch: JsonPatch): ExactJson {
  return patch.reduce<ExactJson>((current, operation, index) => {
    const { op, path } = operation;
    if (path !== '' && !path.startsWith('/')) throw misfit(index, op, path, 'a path begins with "/"');
    const keys = path
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const fail = (why: string): Error => misfit(index, op, path, why);
    return changeAt(current, keys, operation, fail);
  }, document);
}

function changeAt(
  at: ExactJson,
  [key, ...rest]: readonly string[],
  operation: JsonPatch[number],
  fail: (why: string) => Error,
): ExactJson {
  if (key === undefined) {
    if (operation.op === 'remove') throw fail('the whole document cannot be removed');
    if (operation.op !== 'test') return operation.value;
    if (!isSame(at, operation.value)) throw fail('there is another value');
    return at;
  }
  if (isList(at)) {
    const isAdding = rest.length === 0 && operation.op === 'add';
    const place = key === '-' && isAdding ? at.length : /^(0|[1-9]\d*)$/.test(key) ? Number(key) : -1;
    if (place < 0 || place > at.length || (place === at.length && !isAdding))
      throw fail('there is no such place');
    if (isAdding) return at.toSpliced(place, 0, operation.value);
    if (rest.length === 0 && operation.op === 'remove') return at.toSpliced(place, 1);
    return at.with(place, changeAt(at[place] ?? null, rest, operation, fail));
  }
  if (!isRecord(at)) throw fail('there is no such place');
  const isThere = Object.hasOwn(at, key);
  if (rest.length === 0 && operation.op === 'add') return { ...at, [key]: operation.value };
  if (!isThere) throw fail('there is no such place');
  if (rest.length === 0 && operation.op === 'remove')
    return Object.fromEntries(Object.entries(at).filter(([name]) => name !== key));
  return { ...at, [key]: changeAt(at[key] ?? null, rest, operation, fail) };
}

const misfit = (index: number, op: string, path: string, why: string): Error =>
  new Error(`operation ${index + 1} (${op} ${path || 'of the whole'}): ${why}`);

const isList = (value: ExactJson): value is readonly ExactJson[] => Array.isArray(value);
const isRecord = (value: ExactJson): value is { readonly [key: string]: ExactJson } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !json.isRawJSON(value);

/** Members of an object have no order; numbers are alike when they are written alike. */
function isSame(a: ExactJson, b: ExactJson): boolean {
  if (isList(a) && isList(b))
    return a.length === b.length && a.every((each, at) => isSame(each, b[at] ?? null));
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && isSame(a[key] ?? null, b[key] ?? null))
    );
  }
  if (isList(a) || isList(b) || isRecord(a) || isRecord(b)) return false;
  return JSON.stringify(a) === JSON.stringify(b);
}
