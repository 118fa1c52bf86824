import { expect, test } from 'vitest';
import { drifted } from './schema-drift.ts';

const body = '{"id":820982911946154508,"currency":"EUR","status":"open"}';

test('a field of a version to come is there beside all that is documented', () => {
  expect(drifted(body, 'unknown-field')).toBe(
    '{"id":820982911946154508,"currency":"EUR","status":"open","of_a_version_to_come":{"is":["new"]}}',
  );
});

test('a needed field comes in another shape, and no other', () => {
  expect(drifted(body, 'changed-type')).toBe(
    '{"id":820982911946154508,"currency":{"value":"EUR"},"status":"open"}',
  );
});

test('a body without such a field stays as it is', () => {
  expect(drifted('{"id":1}', 'changed-type')).toBe('{"id":1}');
});
