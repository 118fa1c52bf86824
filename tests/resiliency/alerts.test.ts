import { afterEach, expect, test } from 'vitest';
import type { Emulator } from '#connector-testkit/emulator.ts';
import { startAlerting } from '#server/alerting.ts';
import type { Retailer } from '#server/retailers/retailer.ts';
import { type EngineUnderTest, engineUnderTest, tenant } from '../engine/engine-under-test.ts';
import { startStubPlatform, type StubPlatform } from '../engine/stub-platform.ts';

const timeout = 60_000;
let engine: EngineUnderTest;
let receiver: Emulator<StubPlatform>;
let alerting: ReturnType<typeof startAlerting>;
/** Ids of the alerts that the receiver took, in the order in which they came. */
let taken: string[];
const said: string[] = [];
const hear = (_fields: unknown, message: string): void => void said.push(message);
afterEach(async () => {
  await alerting.stop();
  await engine.stop();
  await receiver.close();
});

function listen(): void {
  taken = [];
  receiver.platform.handle = ({ headers }) => {
    taken.push(headers['webhook-id'] ?? '');
    return { status: 200, body: '' };
  };
}
/** Something to be told: the ERP's connection is paused. */
async function under(): Promise<void> {
  engine = await engineUnderTest();
  receiver = await startStubPlatform();
  listen();
  await engine.rows(
    `insert into connection_state (tenant, connection, state, cause, detail, announced) values ($1, 'warehouse', 'open', 'unavailable', 'away', false)`,
    [tenant],
  );
}
function startAlerts(): void {
  const alerts = {
    webhookUrl: `${receiver.url}/alerts`,
    secret: `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
    allowPrivateAddresses: true,
  };
  const log = { info: hear, warn: hear, error: hear };
  const retailers = [{ tenant, alerts } as unknown as Retailer];
  alerting = startAlerting(engine.database, retailers, log, { everyMs: 500, postWithinMs: 2_000 });
}
const announced = async (): Promise<boolean> =>
  (await engine.rows<{ announced: boolean }>('select announced from connection_state'))[0]?.announced ??
  false;

test(
  'an alert that is refused with an error, or whose answer is lost, is told again under the same id until it is taken',
  { timeout },
  async () => {
    await under();
    receiver.faults.next({ kind: 'answer', status: 500 }, 1);
    receiver.faults.next({ kind: 'reset-after' }, 1);
    startAlerts();
    await expect.poll(announced, { timeout: 30_000 }).toBe(true);
    expect(taken).toHaveLength(2);
    expect(new Set(taken).size).toBe(1);
    // Once it was taken it is told no more: what comes next is the next news.
    await engine.rows(
      `update connection_state set state = 'closed', since = clock_timestamp(), announced = false`,
    );
    await expect.poll(announced, { timeout: 30_000 }).toBe(true);
    expect(taken).toHaveLength(3);
  },
);

test('an alert endpoint that refuses connections is told when it listens', { timeout }, async () => {
  await under();
  const port = Number(new URL(receiver.url).port);
  await receiver.close();
  startAlerts();
  for (const id of ['1', '2', '3']) await engine.send(id, 'a');
  await engine.startWorker();
  await engine.drain();
  expect(await announced()).toBe(false);
  receiver = await startStubPlatform({ port });
  listen();
  await expect.poll(() => taken.length, { timeout: 30_000 }).toBe(1);
  await expect.poll(announced).toBe(true);
});

test('an alert endpoint that hangs holds up no order, and is told when it answers', { timeout }, async () => {
  await under();
  receiver.faults.next({ kind: 'hang', ms: 5_000 }, 1);
  startAlerts();
  await expect.poll(() => receiver.faults.injected.get('hang') ?? 0, { timeout: 10_000 }).toBe(1);
  for (let id = 0; id < 20; id += 1) await engine.send(String(id), 'a');
  await engine.startWorker();
  await engine.drain();
  expect(taken).toEqual([]);
  expect(engine.crm.journal.effects).toHaveLength(20);
  await expect.poll(announced, { timeout: 30_000 }).toBe(true);
  expect(taken).toHaveLength(1);
});
