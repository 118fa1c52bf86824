import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entityTypes, foundedId } from './identity.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/);
const refs = fc.record({ connection: word, type: word, id: fc.string({ minLength: 1 }) });

test('a record founds one identity, however often it is seen', () => {
  expect(foundedId('order', { connection: 'shopify-us', type: 'Order', id: '820982911946154508' })).toBe(
    'order:shopify-us:820982911946154508',
  );
});

test('an id beyond 2^53 stays as it is', () => {
  const [a, b] = ['9007199254740992', '9007199254740993'].map((id) =>
    foundedId('order', { connection: 'c', type: 'Order', id }),
  );
  expect(a).not.toBe(b);
});

test('records of different entities, connections or ids never share an identity', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...entityTypes),
      refs,
      fc.constantFrom(...entityTypes),
      refs,
      (entityA, a, entityB, b) => {
        const same = entityA === entityB && a.connection === b.connection && a.id === b.id;
        expect(foundedId(entityA, a) === foundedId(entityB, b)).toBe(same);
      },
    ),
  );
});
