import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { CommandHandler } from '#connector-sdk/connector.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import { testServices } from '#connector-testkit/test-services.ts';
import { beginCall, carryOut } from './call.ts';
import type { LaneCommand } from './lane-rules/lane.ts';
import type { OpenConnection } from './open-connection.ts';
import { command } from './testing/lane-under-test.ts';

type Handler = CommandHandler<never, never, unknown>;
const done: Outcome = { kind: 'done', result: 1 };
const unused = (): never => {
  throw new Error('not to be called');
};

function under(
  handler: Partial<Handler> | null,
  over: Partial<LaneCommand> & { leftMs?: number; abandoned?: AbortSignal } = {},
) {
  const { leftMs = 60_000, abandoned = new AbortController().signal, ...rest } = over;
  const whole = {
    safety: { kind: 'upsert' },
    timeoutMs: 60_000,
    settleMs: 0,
    searchLagMs: 0,
    send: unused,
    ...handler,
  };
  const connection = {
    tenant: 'acme',
    id: 'erp',
    connector: { commands: handler === null ? {} : { 'erp.order.cancel': whole } },
    client: {},
    config: {},
  } as unknown as OpenConnection;
  const services = testServices();
  const attempted = command({ state: 'attempting', attempt: 1, ...rest });
  return {
    connection,
    command: attempted,
    idempotencyKey: 'key',
    deadlineMs: Date.now() + leftMs,
    abandoned,
    log: services.log,
    logs: services.logs,
  };
}
const lookedUp = { safety: { kind: 'lookup-first' } } as const;
const found = (answer: Found) => () => Promise.resolve(answer);

test('an upsert is sent at once', async () => {
  expect(await carryOut(under({ send: () => Promise.resolve(done) }))).toMatchObject({
    step: 'send',
    outcome: done,
    provedAbsent: false,
  });
});

test('one that is looked up first is sent only when it is proved absent', async () => {
  const sent = await carryOut(
    under({ ...lookedUp, find: found({ kind: 'absent' }), send: () => Promise.resolve(done) }),
  );
  expect(sent).toMatchObject({ step: 'send', outcome: done, provedAbsent: true });
  const there = await carryOut(under({ ...lookedUp, find: found({ kind: 'found', outcome: done }) }));
  expect(there).toMatchObject({ step: 'find', outcome: done });
});

test('a look-up without an answer changed nothing', async () => {
  const answer = await carryOut(
    under({ ...lookedUp, find: found({ kind: 'outcome-unknown', detail: 'cut' }) }),
  );
  expect(answer).toMatchObject({ step: 'find', outcome: { kind: 'unavailable' }, provedAbsent: false });
});

test('a refused look-up of an unknown outcome leaves it unknown; of a first attempt it is a refusal', async () => {
  const refused: Found = { kind: 'rejected', code: 'forbidden', detail: 'no right to search' };
  const looking = { ...lookedUp, find: found(refused) };
  expect(await carryOut(under(looking, { state: 'ambiguous' }))).toMatchObject({
    step: 'find',
    outcome: { kind: 'outcome-unknown', detail: 'forbidden: no right to search' },
  });
  expect(await carryOut(under(looking))).toMatchObject({ step: 'find', outcome: refused });
});

test('nothing is sent after a look-up that came back too late', async () => {
  const late = under(
    {
      ...lookedUp,
      find: async () => {
        await sleep(60);
        return { kind: 'absent' };
      },
    },
    { leftMs: 20 },
  );
  expect(await carryOut(late)).toMatchObject({ step: 'find', outcome: { kind: 'unavailable' } });
});

test('nor after the session was lost while it was under way', async () => {
  const abandoned = new AbortController();
  const order = under(
    {
      ...lookedUp,
      find: () => {
        abandoned.abort();
        return Promise.resolve({ kind: 'absent' });
      },
    },
    { abandoned: abandoned.signal },
  );
  expect(await carryOut(order)).toMatchObject({ step: 'find', outcome: { kind: 'unavailable' } });
});

test('what the platform works on is asked for, not sent again', async () => {
  const order = under(
    { check: (handle) => Promise.resolve({ ...done, result: handle }) },
    { state: 'accepted', handle: 'job 7' },
  );
  expect(await carryOut(order)).toMatchObject({ step: 'check', outcome: { kind: 'done', result: 'job 7' } });
});

test('a connector that throws leaves its effect unknown, and is seen in the log', async () => {
  const order = under({ send: () => Promise.reject(new TypeError('undefined is not iterable')) });
  expect(await carryOut(order)).toMatchObject({ outcome: { kind: 'outcome-unknown' } });
  expect(order.logs.map(({ level }) => level)).toEqual(['error']);
});

test('so does one that throws before it returns a promise', async () => {
  expect(await carryOut(under({ send: unused }))).toMatchObject({ outcome: { kind: 'outcome-unknown' } });
});

test('a connector that never answers is not waited for beyond its time', async () => {
  const order = under({ send: () => new Promise<never>(() => undefined) }, { leftMs: 20 });
  expect(await carryOut(order)).toMatchObject({ outcome: { kind: 'outcome-unknown' } });
});

test('a call whose time is over before it began is not made', async () => {
  expect(await carryOut(under({}, { leftMs: -1 }))).toMatchObject({ outcome: { kind: 'unavailable' } });
});

test('a command that the connection does not know is rejected', async () => {
  expect(await carryOut(under(null))).toMatchObject({
    outcome: { kind: 'rejected', code: 'unsupported-command' },
  });
});

const lane = { tenant: 'acme', entity: 'order:shop:1' };
const living = (isAlive: boolean) => ({
  isAlive,
  abandoned: new AbortController().signal,
  nowMs: () => 5_000_000,
});

test('a call counts its time from before its commit was sent, and leaves its own deadline for those who look it up', async () => {
  const { connection, command: begun, log } = under({ send: () => Promise.resolve(done), timeoutMs: 10_000 });
  begun.attemptDeadlineMs = 1;
  const { isInTime, answered } = beginCall(
    connection,
    lane,
    begun,
    performance.now() - 4_000,
    living(true),
    log,
  );
  expect(isInTime).toBe(true);
  expect(await answered).toMatchObject({ outcome: done });
  expect(begun.attemptDeadlineMs).toBeGreaterThan(5_000_000 + 5_000);
  expect(begun.attemptDeadlineMs).toBeLessThanOrEqual(5_000_000 + 6_000);
});

test('no byte leaves once the lease is over, and that says nothing of the platform', async () => {
  const { connection, command: begun, log } = under({});
  const { isInTime, answered } = beginCall(connection, lane, begun, performance.now(), living(false), log);
  expect(isInTime).toBe(false);
  expect(await answered).toMatchObject({ outcome: { kind: 'unavailable' } });
});
