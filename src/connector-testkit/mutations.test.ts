import { expect, test } from 'vitest';
import type { Json } from '#canonical/json.ts';
import { type MutationKind, mutationKinds, mutations, mutationText } from './mutations.ts';

const body: Json = { id: '7', lines: [{ price: '1.00' }, { price: '2.00' }, { price: '3.00' }], note: null };
const texts = (kind: MutationKind) => [...mutations(body, kind)].map(mutationText);

test('every place is taken, of a list the first two members', () => {
  expect(texts('removed')).toEqual([
    'id removed',
    'lines removed',
    'lines[0].price removed',
    'lines[1].price removed',
    'note removed',
  ]);
  expect(texts('null')).toEqual([
    'id null',
    'lines null',
    'lines[0] null',
    'lines[0].price null',
    'lines[1] null',
    'lines[1].price null',
  ]);
});

test('a mutation changes its place and nothing else', () => {
  const [, , third] = [...mutations(body, 'removed')];
  expect(third?.value).toEqual({ id: '7', lines: [{}, { price: '2.00' }, { price: '3.00' }], note: null });
  expect(body).toEqual({
    id: '7',
    lines: [{ price: '1.00' }, { price: '2.00' }, { price: '3.00' }],
    note: null,
  });
});

test('every kind has something to do, and every mutation differs from the message', () => {
  for (const kind of mutationKinds) {
    const made = [...mutations(body, kind)];
    expect(made.length, kind).toBeGreaterThan(0);
    for (const { value } of made) expect(JSON.stringify(value)).not.toBe(JSON.stringify(body));
  }
});

test('a hostile key is an own property and changes no prototype while it is made', () => {
  const hostile = [...mutations(body, 'hostile key')].map(({ value }) => JSON.stringify(value));
  expect(hostile.every((text) => text.includes('"__proto__"'))).toBe(true);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
