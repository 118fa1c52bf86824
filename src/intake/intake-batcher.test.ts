import { afterEach, expect, test } from 'vitest';
import type { IncomingMessage } from '#journal/intake-store.ts';
import { DatabaseAwayError, MessageRefusedError, OverloadedError } from './intake-errors.ts';
import { type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';

let under: GatewayUnderTest;
afterEach(() => under.stop());

const message = (id: string, change: Partial<IncomingMessage> = {}): IncomingMessage => ({
  tenant: 'acme',
  connection: 'shop',
  topic: 'thing/changed',
  sourceEventId: id,
  occurredAtMs: null,
  via: 'webhook',
  subject: { entity: 'order', ref: { connection: 'shop', type: 'Thing', id }, founds: true },
  body: Buffer.from(id),
  class: 1,
  ...change,
});
/** An instant that PostgreSQL cannot hold: the message's own fault. */
const bad = (id: string): IncomingMessage => message(id, { occurredAtMs: -9e15 });

test('messages that come while a batch is under way share the next commit', async () => {
  under = await gatewayUnderTest();
  const held = await under.holdUp();
  const first = under.batcher.add(message('first'));
  await expect.poll(() => held.waiting()).toBe(1);
  const later = ['a', 'b', 'c', 'd'].map((id) => under.batcher.add(message(id)));
  expect(await held.waiting()).toBe(1);
  await held.release();
  await Promise.all([first, ...later]);
  const commits = await under.rows<{ ids: string[] }>(
    'select array_agg(source_event_id order by source_event_id) as ids from message group by received_at order by received_at',
  );
  expect(commits.map(({ ids }) => ids)).toEqual([['first'], ['a', 'b', 'c', 'd']]);
});

test('a full batch leaves beside the one under way, a third does not', async () => {
  under = await gatewayUnderTest({}, { batchMessages: 2 });
  const held = await under.holdUp();
  const all = ['1', '2', '3', '4', '5', '6', '7'].map((id) => under.batcher.add(message(id)));
  await expect.poll(() => held.waiting()).toBe(2);
  await held.release();
  expect((await Promise.all(all)).map(({ outcome }) => outcome)).toEqual(Array(7).fill('accepted'));
  expect(await under.count('message')).toBe(7);
});

test('a batch is also bounded by its bytes', async () => {
  under = await gatewayUnderTest({}, { batchBytes: 1_000 });
  const held = await under.holdUp();
  const first = under.batcher.add(message('first'));
  const later = ['a', 'b', 'c'].map((id) => under.batcher.add(message(id, { body: Buffer.alloc(600, id) })));
  await held.release();
  await Promise.all([first, ...later]);
  const commits = await under.rows('select count(*) from message group by received_at');
  expect(commits).toHaveLength(4);
});

test('a message that the database refuses fails alone; its neighbours are stored', async () => {
  under = await gatewayUnderTest();
  const held = await under.holdUp();
  const first = under.batcher.add(message('first'));
  const batch = [message('a'), bad('b'), message('c'), message('d'), bad('e')].map((each) =>
    under.batcher.add(each),
  );
  const settled = Promise.allSettled(batch);
  await held.release();
  await first;
  const fates = await settled;
  expect(fates.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'rejected',
  ]);
  const [, refused] = fates;
  expect(refused).toMatchObject({ reason: expect.any(MessageRefusedError) as MessageRefusedError });
  expect(
    (await under.rows('select source_event_id as id from message order by id')).map(
      (row) => (row as { id: string }).id,
    ),
  ).toEqual(['a', 'c', 'd', 'first']);
});

test('a lost database fails all who wait, and the next ones go through', async () => {
  under = await gatewayUnderTest();
  const held = await under.holdUp();
  const first = under.batcher.add(message('1'));
  await expect.poll(() => held.waiting()).toBe(1);
  const failing = first.catch((error: unknown) => error);
  await under.cutDatabase();
  expect(await failing).toBeInstanceOf(DatabaseAwayError);
  await held.release();
  await expect(under.batcher.add(message('1'))).resolves.toMatchObject({ outcome: 'accepted' });
});

test('more than may wait is refused at once, by number and by bytes', async () => {
  under = await gatewayUnderTest({}, { waitingMessages: 2, waitingBytes: 1_000, batchMessages: 10 });
  const held = await under.holdUp();
  const flying = under.batcher.add(message('0'));
  const waiting = under.batcher.add(message('1', { body: Buffer.alloc(800) }));
  await expect(under.batcher.add(message('2', { body: Buffer.alloc(300) }))).rejects.toBeInstanceOf(
    OverloadedError,
  );
  const small = under.batcher.add(message('3'));
  await expect(under.batcher.add(message('4'))).rejects.toBeInstanceOf(OverloadedError);
  await held.release();
  await Promise.all([flying, waiting, small]);
});
