import { expect, test } from 'vitest';
import type { Safety } from '#connector-sdk/connector.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import { type AnyHandler, deliver } from './deliver.ts';

const done: Outcome = { kind: 'done', result: null };
const unknown: Outcome = { kind: 'outcome-unknown', detail: 'lost' };
const busy: Outcome = { kind: 'unavailable', retryAfterMs: null, detail: 'busy' };
const absent: Found = { kind: 'absent' };
const found: Found = { kind: 'found', outcome: { kind: 'done', result: 'found' } };

/** A handler that plays outcomes, and what it was asked. */
function played(safety: Safety, sends: Outcome[], finds: Found[] = [], checks: Outcome[] = []) {
  const asked: string[] = [];
  const handler = {
    name: 'erp.order.cancel',
    safety,
    timeoutMs: 1_000,
    settleMs: 0,
    searchLagMs: 0,
    render: () => null,
    async send(_request: unknown, call: { attempt: number; idempotencyKey: string }) {
      asked.push(`send ${call.attempt} ${call.idempotencyKey}`);
      return sends.shift() ?? done;
    },
    async find() {
      asked.push('find');
      return finds.shift() ?? absent;
    },
    async check(handle: unknown) {
      asked.push(`check ${JSON.stringify(handle)}`);
      return checks.shift() ?? done;
    },
  } satisfies AnyHandler;
  const run = (maxAttempts?: number) =>
    deliver(handler, null, null, {
      key: 'K',
      settledMs: 1,
      ...(maxAttempts !== undefined && { maxAttempts }),
    });
  return { asked, run };
}

test('an unknown outcome of an upsert is sent again with the same key', async () => {
  const { asked, run } = played({ kind: 'upsert' }, [unknown, done]);
  expect(await run()).toMatchObject({ outcome: done, attempts: 2 });
  expect(asked).toEqual(['send 1 K', 'send 2 K']);
});

test('lookup-first asks before every attempt and does not send what is there', async () => {
  const { asked, run } = played({ kind: 'lookup-first' }, [unknown], [absent, found]);
  expect(await run()).toMatchObject({ outcome: { kind: 'done', result: 'found' }, attempts: 1 });
  expect(asked).toEqual(['find', 'send 1 K', 'find']);
});

test('while the look-up has no answer nothing is sent', async () => {
  const { asked, run } = played(
    { kind: 'lookup-first' },
    [],
    [{ kind: 'unavailable', retryAfterMs: null, detail: 'busy' }, found],
  );
  expect(await run()).toMatchObject({ attempts: 0 });
  expect(asked).toEqual(['find', 'find']);
});

test('what is unsafe ends with the unknown outcome', async () => {
  const { asked, run } = played({ kind: 'unsafe' }, [unknown]);
  expect(await run()).toMatchObject({ outcome: unknown, attempts: 1 });
  expect(asked).toHaveLength(1);
});

test('an accepted request is asked about, and not sent again while the answer is missing', async () => {
  const { asked, run } = played(
    { kind: 'upsert' },
    [{ kind: 'accepted', handle: { job: 1 }, checkAfterMs: 1 }],
    [],
    [busy, done],
  );
  expect(await run()).toMatchObject({ outcome: done, attempts: 1 });
  expect(asked).toEqual(['send 1 K', 'check {"job":1}', 'check {"job":1}']);
});

test('it ends after the attempts it was given', async () => {
  const { run } = played({ kind: 'upsert' }, [busy, busy, busy, busy]);
  expect(await run(3)).toMatchObject({ outcome: busy, attempts: 3 });
});

test('a rejection is not tried again', async () => {
  const { asked, run } = played({ kind: 'upsert' }, [{ kind: 'rejected', code: 'no', detail: 'no' }]);
  expect(await run()).toMatchObject({ outcome: { kind: 'rejected' } });
  expect(asked).toHaveLength(1);
});
