import { afterEach, describe, expect, test } from 'vitest';
import { type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;
afterEach(() => gateway.stop());
const thing = (id: string): string => JSON.stringify({ id });

describe('what the platform sent', () => {
  test('is stored, sealed, and answered with its receipt', async () => {
    gateway = await gatewayUnderTest();
    expect(await gateway.post(thing('secret-thing'))).toMatchObject({
      status: 200,
      body: { receipt: { outcome: 'accepted', messageId: 1 } },
    });
    const [message] = await gateway.rows<{ entity: string; body: Buffer; topic: string; occurred_at: Date }>(
      'select * from message',
    );
    expect(message).toMatchObject({ entity: 'order:shop:secret-thing', topic: 'thing/changed' });
    expect(message?.occurred_at.toISOString()).toBe('2026-11-24T10:00:00.000Z');
    expect(message?.body.includes('secret-thing')).toBe(false);
    expect(await gateway.rows('select todo, class from lane')).toEqual([{ todo: 1, class: 1 }]);
  });

  test('is one message although it is delivered twice', async () => {
    gateway = await gatewayUnderTest();
    await gateway.post(thing('1'));
    expect(await gateway.post(thing('1'))).toMatchObject({
      status: 200,
      body: { receipt: { outcome: 'duplicate', messageId: null } },
    });
    expect(await gateway.count('message')).toBe(1);
  });

  test('is one message although a hundred deliveries come at the same moment', async () => {
    gateway = await gatewayUnderTest();
    const answers = await Promise.all(Array.from({ length: 100 }, () => gateway.post(thing('1'))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await gateway.count('message')).toBe(1);
    expect(await gateway.count('inbox')).toBe(1);
    expect(gateway.metrics.counts()).toMatchObject({ accepted: 1, duplicate: 99 });
  });

  test('is told to workers after the commit', async () => {
    gateway = await gatewayUnderTest();
    const listener = await gateway.database.connect();
    await listener.query('listen tallyport_work');
    const told = new Promise((resolve) => listener.once('notification', ({ payload }) => resolve(payload)));
    await gateway.post(thing('1'));
    expect(await told).toBe('[["acme","order:shop:1"]]');
    listener.release();
  });
});

describe('what the platform did not send', () => {
  test.each([
    ['a forged signature', { 'x-signature': 'forged' }, 401, 'signature-invalid'],
    ['no signature', { 'x-signature': '' }, 401, 'signature-invalid'],
  ])('%s stores nothing and is told the reason code only', async (_what, headers, status, code) => {
    gateway = await gatewayUnderTest();
    const answer = await gateway.post(thing('1'), headers);
    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
      body: { type: 'about:blank', title: 'Unauthorized', status, code },
    });
    expect(Object.keys(answer.body as object)).toEqual(['type', 'title', 'status', 'code']);
    expect(await gateway.count('message')).toBe(0);
    expect(gateway.metrics.counts().refused).toEqual({ [code]: 1 });
  });

  test('a thousand forgeries are one line in the log', async () => {
    gateway = await gatewayUnderTest();
    for (let round = 0; round < 20; round += 1)
      await Promise.all(Array.from({ length: 50 }, () => gateway.post('{}', { 'x-signature': 'forged' })));
    expect(gateway.metrics.counts().refused).toEqual({ 'signature-invalid': 1000 });
    expect(gateway.logged.filter((line) => line.includes('webhook refused'))).toHaveLength(1);
  });

  test.each([
    '/webhooks/acme/nobody',
    '/webhooks/nobody/shop',
    '/webhooks/acme/__proto__',
    '/webhooks/acme/deaf',
    '/webhooks/acme/shop%2f',
  ])('an address without a receiver (%s) is not found', async (path) => {
    gateway = await gatewayUnderTest();
    expect(await gateway.post(thing('1'), {}, path)).toMatchObject({ status: 404 });
    expect(await gateway.count('message')).toBe(0);
  });
});

describe('acknowledged is durable', () => {
  test('a database that goes away before the commit is a 503, and the repeat is taken', async () => {
    gateway = await gatewayUnderTest();
    const held = await gateway.holdUp();
    const answer = gateway.post(thing('1'));
    await expect.poll(() => held.waiting()).toBe(1);
    await gateway.cutDatabase();
    expect(await answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
      body: { code: 'database-away' },
    });
    await held.release();
    expect(await gateway.count('message')).toBe(0);
    expect(gateway.metrics.counts()).toMatchObject({ accepted: 0, failed: { 'database-away': 1 } });
    expect(await gateway.post(thing('1'))).toMatchObject({
      status: 200,
      body: { receipt: { outcome: 'accepted' } },
    });
  });

  test('no answer is given before the commit', async () => {
    gateway = await gatewayUnderTest();
    const held = await gateway.holdUp();
    let isAnswered = false;
    const answer = gateway.post(thing('1')).finally(() => (isAnswered = true));
    await expect.poll(() => held.waiting()).toBe(1);
    expect(isAnswered).toBe(false);
    await held.release();
    expect((await answer).status).toBe(200);
  });

  test('a commit that takes too long is a 503; the repeat finds a duplicate', async () => {
    gateway = await gatewayUnderTest({ ackWithinMs: 50 });
    const held = await gateway.holdUp();
    expect(await gateway.post(thing('1'))).toMatchObject({ status: 503, body: { code: 'database-away' } });
    await held.release();
    await gateway.batcher.idle();
    expect(await gateway.post(thing('1'))).toMatchObject({ body: { receipt: { outcome: 'duplicate' } } });
  });

  test('beyond what may wait, senders are told to come again', async () => {
    gateway = await gatewayUnderTest({}, { waitingMessages: 3, batchMessages: 1 });
    const held = await gateway.holdUp();
    // Two batches are under way, three messages wait.
    const taken: Promise<unknown>[] = [];
    for (let id = 0; id < 5; id += 1) {
      taken.push(gateway.post(thing(`${id}`), { 'x-event-id': `${id}` }));
      await expect.poll(() => gateway.metrics.counts().failed).toEqual({});
    }
    await expect.poll(() => held.waiting()).toBe(2);
    const answer = await gateway.post(thing('6'), { 'x-event-id': '6' });
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
      body: { code: 'overloaded' },
    });
    await held.release();
    await Promise.all(taken);
    expect(await gateway.count('message')).toBe(5);
  });

  test('requests beyond the room are refused before their body is read, and the room is given back', async () => {
    gateway = await gatewayUnderTest({ maxRequests: 2 });
    const held = await gateway.holdUp();
    const taken = ['1', '2'].map((id) => gateway.post(thing(id), { 'x-event-id': id }));
    await expect.poll(() => held.waiting()).toBe(1);
    await expect.poll(async () => (await gateway.post(thing('3'))).status).toBe(503);
    await held.release();
    await Promise.all(taken);
    await expect.poll(async () => (await gateway.post(thing('3'))).status).toBe(200);
  });

  test('a gateway that stops lets requests under way finish', async () => {
    gateway = await gatewayUnderTest();
    const held = await gateway.holdUp();
    const answer = gateway.post(thing('1'));
    await expect.poll(() => held.waiting()).toBe(1);
    const closed = gateway.app.close();
    await held.release();
    expect((await answer).status).toBe(200);
    await closed;
    await expect(gateway.post(thing('2'))).rejects.toThrow(/ECONNREFUSED|other side closed|closed/);
    expect(await gateway.count('message')).toBe(1);
  });
});
