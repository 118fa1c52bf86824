import { describe, expect, test } from 'vitest';
import { readHttpAnswer } from './http-answer.ts';
import { readLimitInfo } from './limit-info.ts';
import { readQueryPage } from './query-result.ts';
import { readCollection, readComposite, readSaveResult } from './write-results.ts';

const ids = ['Tallyport_Id__c'];
const error = (errorCode: string, message = 'said so', fields?: string[]) =>
  JSON.stringify([{ message, errorCode, ...(fields && { fields }) }]);
const answer = (status: number, body: string, effect: 'read' | 'write' = 'write') => {
  const reply = readHttpAnswer(status, body, effect, ids);
  return reply.ok ? reply.value : reply.failure;
};

describe('an error body', () => {
  test.each([
    [400, 'UNABLE_TO_LOCK_ROW', { kind: 'conflict', stale: false }],
    [403, 'REQUEST_LIMIT_EXCEEDED', { kind: 'rate-limited' }],
    [503, 'SERVER_UNAVAILABLE', { kind: 'unavailable' }],
    [400, 'QUERY_TIMEOUT', { kind: 'unavailable' }],
    [410, 'UNSUPPORTED_API_VERSION', { kind: 'unavailable' }],
    [401, 'INVALID_SESSION_ID', { kind: 'unauthorized' }],
    [403, 'API_DISABLED_FOR_ORG', { kind: 'unauthorized' }],
    [400, 'STORAGE_LIMIT_EXCEEDED', { kind: 'rate-limited' }],
    [500, 'UNKNOWN_EXCEPTION', { kind: 'outcome-unknown' }],
    [400, 'DUPLICATES_DETECTED', { kind: 'rejected', code: 'DUPLICATES_DETECTED' }],
    [404, 'NOT_FOUND', { kind: 'rejected', code: 'NOT_FOUND' }],
    [400, 'A_CODE_OF_NEXT_YEAR', { kind: 'rejected', code: 'A_CODE_OF_NEXT_YEAR' }],
    [400, 'constructor', { kind: 'rejected', code: 'constructor' }],
  ])('%s %s becomes %o', (status, code, outcome) =>
    expect(answer(status, error(code))).toMatchObject(outcome),
  );

  test('a refused value names its field', () => {
    expect(
      answer(400, error('REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', ['LastName'])),
    ).toMatchObject({ kind: 'rejected', field: 'LastName' });
  });
  test("a race for our own external id is a conflict, any other duplicate is the record's fault", () => {
    expect(
      answer(
        400,
        error(
          'DUPLICATE_VALUE',
          'duplicate value found: Tallyport_Id__c duplicates value on record with id: 001xx000003DGb2AAG',
        ),
      ),
    ).toMatchObject({ kind: 'conflict', stale: false });
    expect(
      answer(
        400,
        error(
          'DUPLICATE_VALUE',
          'duplicate value found: Vat_Number__c duplicates value on record with id: 001xx000003DGb2AAG',
        ),
      ),
    ).toMatchObject({ kind: 'rejected', code: 'DUPLICATE_VALUE' });
  });
  test('the same code UNKNOWN_EXCEPTION of a reading had no effect', () => {
    expect(answer(500, error('UNKNOWN_EXCEPTION'), 'read')).toMatchObject({ kind: 'unavailable' });
  });
});

describe("an answer that is not Salesforce's", () => {
  test.each([
    [500, '<html>'],
    [502, ''],
    [503, '<html>'],
    [504, 'gateway'],
    [200, '<html>'],
    [200, '{"cut'],
  ])('%s %s to a write: nobody knows', (status, body) => {
    expect(answer(status, body)).toMatchObject({ kind: 'outcome-unknown' });
    expect(answer(status, body, 'read')).toMatchObject({ kind: 'unavailable' });
  });
  test('several records of one external id: ambiguous', () => {
    expect(
      answer(
        300,
        '["/services/data/v67.0/sobjects/Account/001A","/services/data/v67.0/sobjects/Account/001B"]',
      ),
    ).toEqual({ kind: 'rejected', code: 'ambiguous-external-id', detail: '2 records match the external id' });
  });
  test('204 is an answer without a body', () => expect(answer(204, '')).toBeNull());
});

describe('a composite answer', () => {
  const part = (referenceId: string, httpStatusCode: number, body: unknown) => ({
    referenceId,
    httpStatusCode,
    httpHeaders: {},
    body,
  });
  const halted = [{ errorCode: 'PROCESSING_HALTED', message: 'rolled back' }];
  const read = (parts: unknown[], sent: { referenceId: string; records: number | null }[]) =>
    readComposite({ compositeResponse: parts } as never, sent, 'write', ids);
  const sent = [
    { referenceId: 'order', records: null },
    { referenceId: 'items', records: 2 },
  ];

  test('the part at fault decides, not those that were rolled back because of it', () => {
    const lock = [{ errorCode: 'UNABLE_TO_LOCK_ROW', message: 'busy' }];
    expect(read([part('order', 400, halted), part('items', 400, lock)], sent)).toMatchObject({
      ok: false,
      failure: { kind: 'conflict' },
    });
  });
  test('a part of status 200 that holds a failed record is a failure', () => {
    const rolledBack = {
      success: false,
      errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK', message: '' }],
    };
    const refused = {
      success: false,
      errors: [{ statusCode: 'STRING_TOO_LONG', message: 'too long', fields: ['Name'] }],
    };
    expect(read([part('order', 400, halted), part('items', 200, [rolledBack, refused])], sent)).toMatchObject(
      { ok: false, failure: { kind: 'rejected', code: 'STRING_TOO_LONG', field: 'Name' } },
    );
  });
  test('a part that is missing is not taken for done', () => {
    expect(read([part('order', 201, { id: '801', success: true, errors: [] })], sent)).toMatchObject({
      ok: false,
      failure: { kind: 'outcome-unknown', detail: expect.stringContaining('"items"') as string },
    });
  });
  test('a collection of fewer records than were sent is not taken for done', () => {
    expect(readCollection([{ id: '802', success: true, errors: [] }], 2, ids)).toMatchObject({
      ok: false,
      failure: { kind: 'outcome-unknown' },
    });
  });
  test('a record that neither succeeded nor failed is not taken for done', () => {
    expect(readSaveResult({ success: false, errors: [] }, ids)).toMatchObject({
      ok: false,
      failure: { kind: 'outcome-unknown' },
    });
    expect(readSaveResult({ success: true, errors: [] }, ids)).toMatchObject({
      ok: false,
      failure: { kind: 'outcome-unknown' },
    });
  });
});

test('a query that is not done and names no next page is unreadable, never an end', () => {
  expect(readQueryPage({ totalSize: 5000, done: false, records: [] })).toMatchObject({
    ok: false,
    failure: { kind: 'unavailable', detail: expect.stringContaining('nextRecordsUrl') as string },
  });
});

test("the allowance is read with and without the app's own share", () => {
  expect(readLimitInfo('api-usage=18/5000')).toEqual({ used: 18, max: 5000, app: null });
  expect(readLimitInfo('api-usage=25/5000; per-app-api-usage=17/250(appName=x)')).toEqual({
    used: 25,
    max: 5000,
    app: { used: 17, max: 250 },
  });
  expect(readLimitInfo('something else')).toBeNull();
  expect(readLimitInfo(undefined)).toBeNull();
});
