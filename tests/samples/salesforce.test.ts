import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Json } from '#canonical/json.ts';
import { parseJsonLossless } from '#connector-sdk/json-lossless.ts';
import { readHttpAnswer } from '#connectors/salesforce/answers/http-answer.ts';
import { readLimitInfo } from '#connectors/salesforce/answers/limit-info.ts';
import { readErrorBody } from '#connectors/salesforce/answers/platform-error.ts';
import { readQueryPage } from '#connectors/salesforce/answers/query-result.ts';
import {
  readCollection,
  readComposite,
  readSaveResult,
} from '#connectors/salesforce/answers/write-results.ts';
import {
  asFact,
  describeSchema,
  limitsSchema,
  versionsSchema,
} from '#connectors/salesforce/doctor/org-facts.ts';
import { normalId } from '#connectors/salesforce/emulator/record-ids.ts';
import { readTokenReply } from '#connectors/salesforce/session.ts';

const root = resolve(
  import.meta.dirname,
  '../..',
  process.env['TALLYPORT_SAMPLES'] ?? '../shared/samples',
  'salesforce',
);
const present = existsSync(root);
if (!present) console.log(`salesforce samples: skipped, there is no ${relative(process.cwd(), root)}`);
const files = present ? globSync('**/*.json', { cwd: root }).toSorted() : [];
const text = (file: string): string => readFileSync(join(root, file), 'utf8');
const json = (file: string): Json => parseJsonLossless(text(file));
const ids = ['Tallyport_Id__c'];
const wiremock = z.object({
  response: z.object({ status: z.int(), body: z.string(), headers: z.record(z.string(), z.string()) }),
});
const recorded = (file: string) => wiremock.parse(json(file)).response;

describe.skipIf(!present)('payloads of Salesforce that others recorded', () => {
  test('there are some', () => expect(files.length).toBeGreaterThan(40));

  test.each(files)(
    '%s: every reader gives a value or says where it is unreadable, and none crashes',
    (file) => {
      const body = json(file);
      const replies = [
        readHttpAnswer(200, text(file), 'write', ids),
        readHttpAnswer(400, text(file), 'write', ids),
        readHttpAnswer(500, text(file), 'read', ids),
        readHttpAnswer(300, text(file), 'write', ids),
        readSaveResult(body, ids),
        readCollection(body, 1, ids),
        readComposite(body, [{ referenceId: 'x', records: null }], 'write', ids),
        readQueryPage(body),
        readTokenReply({ kind: 'response', status: 200, headers: {}, body: text(file) }),
        readTokenReply({ kind: 'response', status: 400, headers: {}, body: text(file) }),
      ];
      for (const reply of replies)
        if (!reply.ok) expect('detail' in reply.failure && reply.failure.detail).toMatch(/\S/);
    },
  );

  test.each([
    [
      'rest/expired_session_response.json',
      401,
      { kind: 'unauthorized', detail: 'INVALID_SESSION_ID: Session expired or invalid' },
    ],
    ['rest/write_error_response.json', 400, { kind: 'rejected', code: 'INVALID_FIELD' }],
    ['rest/query_error_response.json', 400, { kind: 'rejected', code: 'INVALID_FIELD' }],
    ['rest/upsert_error_response.json', 404, { kind: 'rejected', code: 'NOT_FOUND' }],
    ['rest/delete_error_response.json', 404, { kind: 'rejected', code: 'NOT_FOUND' }],
    ['rest/sobject_find_error_response.json', 404, { kind: 'rejected', code: 'NOT_FOUND' }],
  ])('%s with status %s is %o', (file, status, failure) => {
    expect(readHttpAnswer(status, text(file), 'write', ids)).toMatchObject({ ok: false, failure });
  });

  test.each(['rest/auth_error_response.json', 'rest/refresh_error_response.json'])(
    '%s is a refused login',
    (file) => {
      expect(readErrorBody(json(file))).toMatchObject([{ code: 'invalid_grant' }]);
      expect(readTokenReply({ kind: 'response', status: 400, headers: {}, body: text(file) })).toMatchObject({
        ok: false,
        failure: { kind: 'unauthorized' },
      });
    },
  );
  test('a token reply gives its token', () => {
    expect(
      readTokenReply({
        kind: 'response',
        status: 200,
        headers: {},
        body: text('rest/auth_success_response.json'),
      }),
    ).toMatchObject({ ok: true, value: expect.stringMatching(/^00Dx0000000BV7z!/) as string });
  });

  test.each([
    ['rest/create_success_response.json', 'some_id', null],
    ['rest/upsert_created_success_response.json', 'foo', null],
    ['composite/parallel.00.response.json', '0010xACCOUNTID0000', null],
  ])('%s saved %s', (file, id, created) => {
    expect(readSaveResult(json(file), ids)).toEqual({ ok: true, value: { id, created } });
  });
  test.each([
    ['upsert/simple-rest.07.response.json', 1, 0],
    ['upsert/simple-rest.09.response.json', 16, 16],
    ['upsert/simple-rest.21.response.json', 4, 1],
    ['upsert/simple-rest.29.response.json', 2, 0],
    ['bulk/updates.04.response.json', 6, 0],
  ])('%s: %s records, %s of them new', (file, count, created) => {
    const reply = readCollection(json(file), count, ids);
    expect(reply.ok && reply.value.filter((result) => result.created === true).length).toBe(created);
    expect(readCollection(json(file), count + 1, ids)).toMatchObject({
      ok: false,
      failure: { kind: 'outcome-unknown' },
    });
    if (reply.ok) for (const { id } of reply.value) expect(normalId(id)).toBe(id);
  });
  test('a composite answer is read part by part', () => {
    const sent = [0, 1, 2, 3].map((number) => ({ referenceId: `CCI__RefId__${number}__`, records: null }));
    const reply = readComposite(json('composite/parallel.01.response.json'), sent, 'read', ids);
    expect(reply.ok && [...reply.value.keys()]).toEqual(sent.map((part) => part.referenceId));
    expect(
      readComposite(
        json('composite/parallel.01.response.json'),
        [...sent, { referenceId: 'lost', records: null }],
        'write',
        ids,
      ),
    ).toMatchObject({ ok: false, failure: { kind: 'outcome-unknown' } });
  });

  test.each([
    ['rest/query_empty_response.json', 0, null],
    ['rest/query_success_response.json', 1, null],
    ['rest/query_aggregate_success_response.json', 3, null],
    ['rest/query_paginated_first_page_response.json', 1, '/services/data/v26.0/query/01gD'],
    ['rest/query_paginated_last_page_response.json', 1, null],
    ['upsert/simple-rest.11.response.json', 1, null],
    ['upsert/simple-rest.12.response.json', 16, null],
    ['upsert/simple-rest.30.response.json', 17, null],
    ['bulk/updates.02.response.json', 6, null],
    ['bulk/upsert.05.response.json', 0, null],
  ])('%s: a page of %s records, then %s', (file, records, next) => {
    const page = readQueryPage(json(file));
    expect(page.ok && { records: page.value.records.length, next: page.value.next }).toEqual({
      records,
      next,
    });
  });
  test.each([
    'rest/search_success_response.json',
    'rest/get_deleted_success_response.json',
    'rest/list_view_results_success_response.json',
    'bulk/upsert.04.response.json',
  ])('%s is no query result, and says where', (file) => {
    expect(readQueryPage(json(file))).toMatchObject({
      ok: false,
      failure: {
        kind: 'unavailable',
        detail: expect.stringMatching(/^unreadable answer: (\$|[a-zA-Z])/) as string,
      },
    });
  });

  test('limits and versions as doctor reads them, with the allowance of their header', () => {
    const limits = recorded('wiremock/getLimits.json');
    expect(asFact(readHttpAnswer(limits.status, limits.body, 'read', ids), limitsSchema)).toEqual({
      known: true,
      value: { max: 15_000, remaining: 14_998 },
    });
    expect(readLimitInfo(limits.headers['Sforce-Limit-Info'])).toEqual({ used: 18, max: 5_000, app: null });
    const versions = recorded('wiremock/getVersions.json');
    expect(asFact(readHttpAnswer(versions.status, versions.body, 'read', ids), versionsSchema)).toEqual({
      known: true,
      value: ['21.0', '22.0', '23.0'],
    });
  });
  test.each(
    files.filter(
      (file) =>
        /^describe\/(?!Global)/.test(file) || basename(file) === 'sobject_describe_success_response.json',
    ),
  )('%s is a description as doctor reads it', (file) => {
    const fact = asFact({ ok: true, value: json(file) }, describeSchema);
    expect(fact.known && fact.value.fields.some((field) => field.name === 'Id')).toBe(true);
  });
});
