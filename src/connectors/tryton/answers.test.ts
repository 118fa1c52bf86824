import { expect, test } from 'vitest';
import type { HttpResult } from '#connector-sdk/services.ts';
import { readAnswer } from './answers.ts';

const response = (status: number, body: unknown, headers: Record<string, string> = {}): HttpResult => ({
  kind: 'response',
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const error = (wire: unknown): HttpResult => response(200, { id: 1, error: wire });
const read = (result: HttpResult) => readAnswer(result, 'model.sale.sale.read', false);
const write = (result: HttpResult) => readAnswer(result, 'model.sale.sale.confirm', true);
const outcome = (of: object) => ({ kind: 'failed', outcome: expect.objectContaining(of) as unknown });

// The wire shapes are those that a 6.0.29 answered.
test('a result is a result, also null', () => {
  expect(write(response(200, { id: 1, result: null }))).toEqual({ kind: 'result', value: null });
});

test('a UserError is rejected with its message', () => {
  expect(write(error(['UserError', ['The code on party must be unique.', '', null]]))).toEqual(
    outcome({ kind: 'rejected', code: 'user-error', detail: 'The code on party must be unique.' }),
  );
});

test('a UserWarning needs confirmation, and its name says which', () => {
  const warning = error([
    'UserWarning',
    ['credit_limit_amount_sale.sale,20', 'Party "Ann Lee" has reached their credit limit of GBP10.00.', ''],
  ]);
  expect(write(warning)).toEqual(
    outcome({ kind: 'rejected', code: 'needs-confirmation', field: 'credit_limit_amount_sale.sale,20' }),
  );
});

test('a _timestamp that no longer fits is a stale conflict', () => {
  expect(write(error(['ConcurrencyException', 'Records were modified in the meanwhile']))).toEqual(
    outcome({ kind: 'conflict', stale: true }),
  );
});

test.each([
  'could not obtain lock on row in relation "stock_move"\n',
  'could not serialize access due to concurrent update\n',
  'deadlock detected\nDETAIL: ...',
])('%j is a conflict: later the same bytes may pass', (text) => {
  expect(write(error([text, '']))).toEqual(outcome({ kind: 'conflict', stale: false }));
});

test('a field or model that the server does not know is rejected', () => {
  expect(read(error(["'zip'", '']))).toEqual(outcome({ kind: 'rejected', code: 'unknown-name' }));
});

test('an unknown method is 403 with HTML, and rejected', () => {
  expect(read(response(403, '<!doctype html><title>403 Forbidden</title>'))).toEqual(
    outcome({ kind: 'rejected', code: 'method-refused' }),
  );
});

test('any other exception leaves a write open and a read undone', () => {
  expect(write(error(["object of type 'NoneType' has no len()", '']))).toEqual(
    outcome({ kind: 'outcome-unknown' }),
  );
  expect(read(error(["object of type 'NoneType' has no len()", '']))).toEqual(
    outcome({ kind: 'unavailable' }),
  );
});

test('401 is a session that is no longer known, not a refusal', () => {
  expect(read(response(401, ''))).toEqual({ kind: 'session-refused' });
});

test('429 is rate-limited, with the time to wait where it is said', () => {
  expect(read(response(429, '', { 'retry-after': '7' }))).toEqual(
    outcome({ kind: 'rate-limited', retryAfterMs: 7000 }),
  );
  expect(read(response(429, ''))).toEqual(outcome({ kind: 'rate-limited', retryAfterMs: null }));
});

test.each([500, 502, 504])('HTTP %i leaves a write open', (status) => {
  expect(write(response(status, 'x'))).toEqual(outcome({ kind: 'outcome-unknown' }));
  expect(read(response(status, 'x'))).toEqual(outcome({ kind: 'unavailable' }));
});

test('a lost answer leaves a write open; a request that never left does not', () => {
  expect(write({ kind: 'lost', detail: 'reset' })).toEqual(outcome({ kind: 'outcome-unknown' }));
  expect(write({ kind: 'not-sent', detail: 'refused' })).toEqual(outcome({ kind: 'unavailable' }));
});

test('an answer cut in its middle, or from a proxy, is no answer', () => {
  expect(write(response(200, '{"id":1,"resu'))).toEqual(outcome({ kind: 'outcome-unknown' }));
  expect(write(response(200, '<html>welcome</html>'))).toEqual(outcome({ kind: 'outcome-unknown' }));
});
