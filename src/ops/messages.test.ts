import { afterEach, expect, test } from 'vitest';
import { type EngineUnderTest, engineUnderTest, master, tenant } from '#tests/engine/engine-under-test.ts';
import { storeMessages } from '#journal/intake-store.ts';
import { type ListedMessage, readMessages } from './messages.ts';
import { actOnParked, listParked } from './parked.ts';
import { readStatus } from './status.ts';

let engine: EngineUnderTest;
afterEach(() => engine.stop());

async function all(...more: [filter?: object, pageSize?: number]): Promise<readonly ListedMessage[]> {
  const messages: ListedMessage[] = [];
  for await (const message of readMessages(engine.database, tenant, ...more)) messages.push(message);
  return messages;
}

/** A message of a record that nothing here is linked to. */
const stray = (id: string) =>
  storeMessages(engine.database, master, [
    {
      tenant,
      connection: 'shop',
      topic: 'thing/shipped',
      sourceEventId: `stray/${id}`,
      occurredAtMs: null,
      via: 'webhook',
      class: 1,
      subject: { entity: 'order', ref: { connection: 'erp', type: 'Sale', id }, founds: false },
      body: Buffer.from('{}'),
    },
  ]);

test('each message is listed once with its fate and why, and the list adds up to the tally', async () => {
  engine = await engineUnderTest();
  await engine.send('1', 'a');
  await engine.send('1', 'a'); // the same event again
  await engine.send('1', 'a', 'another event with the same news');
  await engine.send('2', 'b');
  await Promise.all([stray('8'), stray('9')]);
  await engine.startWorker();
  await engine.drain();
  const [given] = await listParked(engine.database, tenant, { limit: 1 });
  await actOnParked(engine.database, tenant, given?.id ?? 0, { action: 'discard' }, 'ann', 'none of ours');

  const messages = await all();
  expect(messages.map(({ fate }) => fate).sort()).toEqual([
    'applied',
    'applied',
    'discarded',
    'parked',
    'superseded',
  ]);
  expect(messages.filter(({ fate }) => fate === 'applied')).toMatchObject([
    { sourceEventId: '1/a', entity: 'order:shop:1', reason: null },
    { sourceEventId: '2/b', entity: 'order:shop:2', reason: null },
  ]);
  for (const { fate, reason, by } of messages) {
    if (fate !== 'applied') expect(reason, fate).toMatch(/./);
    expect(by, fate).toMatch(/^(event|parked) \d+$/);
  }
  const count = (fate: string): number => messages.filter((message) => message.fate === fate).length;
  expect(await readStatus(engine.database, tenant)).toMatchObject({
    received: messages.length,
    applied: count('applied'),
    superseded: count('superseded'),
    parked: count('parked'),
    discarded: count('discarded'),
    inFlight: 0,
  });
});

test('a message whose turn has not come is in flight', async () => {
  engine = await engineUnderTest();
  await engine.send('1', 'a');
  expect(await all()).toMatchObject([{ fate: 'in-flight', reason: null, by: null }]);
});

test('pages hold every message once, in the order in which they came', async () => {
  engine = await engineUnderTest();
  for (let id = 1; id <= 7; id += 1) await engine.send(String(id), 'a');
  const ids = (messages: readonly ListedMessage[]) => messages.map(({ sourceEventId }) => sourceEventId);
  const expected = ['1/a', '2/a', '3/a', '4/a', '5/a', '6/a', '7/a'];
  for (const pageSize of [1, 3, 7, 100]) expect(ids(await all({}, pageSize))).toEqual(expected);
  expect(ids(await all({ entity: 'order:shop:5' }, 2))).toEqual(['5/a']);
  expect(ids(await all({ fate: 'applied' }, 2))).toEqual([]);
  expect(ids(await all({ connection: 'erp' }, 2))).toEqual([]);
});
