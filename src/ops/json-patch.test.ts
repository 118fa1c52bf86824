import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyPatch, diffJson, type ExactJson, jsonPatchSchema, parseExact } from './json-patch.ts';

const document = fc.jsonValue().map((value) => parseExact(JSON.stringify(value)));

test('the difference of two documents leads from one to the other, and says what was there before', () => {
  fc.assert(
    fc.property(document, document, (before, after) => {
      const patch = diffJson(before, after);
      expect(JSON.stringify(sorted(applyPatch(before, patch)))).toBe(JSON.stringify(sorted(after)));
      for (const [at, { op }] of patch.entries())
        if (op === 'remove' || op === 'replace') expect(patch[at - 1]).toMatchObject({ op: 'test' });
    }),
  );
});

test('a patch survives its own text', () => {
  fc.assert(
    fc.property(document, document, (before, after) => {
      const patch = jsonPatchSchema.parse(parseExact(JSON.stringify(diffJson(before, after))));
      expect(JSON.stringify(sorted(applyPatch(before, patch)))).toBe(JSON.stringify(sorted(after)));
    }),
  );
});

test('a number stays as it was written, however long, and also in the places that are changed', () => {
  const before = parseExact('{"id":820982911946154508,"price":1.10,"line":{"id":9007199254740993}}');
  const after = applyPatch(before, [{ op: 'replace', path: '/price', value: parseExact('2.50') }]);
  expect(JSON.stringify(after)).toBe('{"id":820982911946154508,"price":2.50,"line":{"id":9007199254740993}}');
  expect(JSON.stringify(diffJson(before, after))).toBe(
    '[{"op":"test","path":"/price","value":1.10},{"op":"replace","path":"/price","value":2.50}]',
  );
  expect(
    diffJson(before, parseExact('{"price":1.10,"line":{"id":9007199254740993},"id":820982911946154508}')),
  ).toEqual([]);
});

test('lines that go from a list are taken from its end', () => {
  expect(diffJson(['a', 'b', 'c'], ['a'])).toEqual([
    { op: 'test', path: '/2', value: 'c' },
    { op: 'remove', path: '/2' },
    { op: 'test', path: '/1', value: 'b' },
    { op: 'remove', path: '/1' },
  ]);
});

test('what does not fit is named by its place and never quotes a value', () => {
  const at = (patch: Parameters<typeof applyPatch>[1]) => () => applyPatch({ a: [1], b: 'secret' }, patch);
  expect(at([{ op: 'test', path: '/b', value: 'x' }])).toThrow(
    'operation 1 (test /b): there is another value',
  );
  expect(at([{ op: 'remove', path: '/a/1' }])).toThrow('operation 1 (remove /a/1): there is no such place');
  expect(at([{ op: 'replace', path: '/c', value: 1 }])).toThrow('there is no such place');
  expect(at([{ op: 'add', path: '/b/c', value: 1 }])).toThrow('there is no such place');
  expect(at([{ op: 'add', path: 'b', value: 1 }])).toThrow('a path begins with "/"');
  expect(at([{ op: 'remove', path: '' }])).toThrow('the whole document');
  expect(jsonPatchSchema.safeParse([{ op: 'move', from: '/a', path: '/b' }]).success).toBe(false);
});

/** As JSON has it, the order of members says nothing. */
function sorted(value: ExactJson): unknown {
  if (Array.isArray(value)) return value.map((each: ExactJson) => sorted(each));
  if (typeof value !== 'object' || value === null || 'rawJSON' in value) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => [key, sorted(each)]);
}
