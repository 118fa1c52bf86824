import { afterEach, describe, expect, test } from 'vitest';
import { aCall, connected, type Connected } from './testing/connected.ts';
import { emulatedApp } from './emulator.ts';
import { fulfillmentCreateMutation } from './queries/fulfillment-create.ts';
import { orderQuery } from './queries/order.ts';
import { shopIdQuery } from './queries/shop-id.ts';

const open: Connected[] = [];
const connect = async (...args: Parameters<typeof connected>): Promise<Connected> => {
  const made = await connected(...args);
  open.push(made);
  return made;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((made) => made.close()));
});

const isGraphql = ({ path }: { readonly path: string }) => path.endsWith('/graphql.json');
const write = [fulfillmentCreateMutation, { fulfillment: { lineItemsByFulfillmentOrder: [] } }] as const;
const offline = {
  auth: { kind: 'offline', clientId: emulatedApp.clientId, refreshToken: emulatedApp.refreshToken },
};

describe('answers', () => {
  test('a GraphQL error that arrives as 200 is a failure', async () => {
    const { client, emulator } = await connect();
    emulator.faults.next({
      kind: 'answer',
      status: 200,
      body: '{"errors":[{"message":"Access denied","extensions":{"code":"ACCESS_DENIED"}}]}',
    });
    expect(await client.run(shopIdQuery, {}, aCall())).toEqual({
      kind: 'unauthorized',
      detail: 'Access denied',
    });
  });

  test('an internal error that arrives as 200 leaves the outcome of a write open, and of a read not', async () => {
    const { client, emulator } = await connect();
    const body =
      '{"data":null,"errors":[{"message":"Internal error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}';
    emulator.faults.next({ kind: 'answer', status: 200, body }, 2);
    expect(await client.run(...write, aCall())).toMatchObject({ kind: 'outcome-unknown' });
    expect(await client.run(shopIdQuery, {}, aCall())).toMatchObject({ kind: 'unavailable' });
  });

  test('a document that Shopify refuses before running it had no effect', async () => {
    const { client } = await connect();
    const broken = {
      ...fulfillmentCreateMutation,
      text: 'mutation FulfillmentCreate { noSuchMutation { id } }',
    };
    expect(await client.run(broken, {}, aCall())).toMatchObject({ kind: 'rejected', code: 'graphql-error' });
  });

  test('another API version than configured is refused before anything is written', async () => {
    const { client, emulator, services } = await connect();
    emulator.platform.servedVersion = '2027-01';
    expect(await client.run(shopIdQuery, {}, aCall())).toMatchObject({ kind: 'unavailable' });
    expect(services.logs.map(({ level }) => level)).toContain('error');
  });

  test('a data shape that Shopify does not document is never taken for an answer', async () => {
    const { client, emulator } = await connect();
    const headers = { 'x-shopify-api-version': '2026-10' };
    emulator.faults.next({ kind: 'answer', status: 200, headers, body: '{"data":{"shop":null}}' });
    expect(await client.run(shopIdQuery, {}, aCall())).toMatchObject({ kind: 'unavailable' });
  });

  test.each([
    [402, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'unauthorized'],
    [423, 'unavailable'],
    [500, 'outcome-unknown'],
    [502, 'outcome-unknown'],
    [503, 'outcome-unknown'],
    [504, 'outcome-unknown'],
    [400, 'rejected'],
    [413, 'rejected'],
  ])('HTTP %i on a write is %s', async (status, kind) => {
    const { client, emulator } = await connect();
    emulator.faults.next({ kind: 'answer', status }, 1, isGraphql);
    expect(await client.run(...write, aCall())).toMatchObject({ kind });
  });

  test('a 5xx on a read is unavailable', async () => {
    const { client, emulator } = await connect();
    emulator.faults.next({ kind: 'answer', status: 502 });
    expect(await client.run(shopIdQuery, {}, aCall())).toMatchObject({ kind: 'unavailable' });
  });

  test('a write whose connection breaks may have taken effect, a read is simply unavailable', async () => {
    const { client, emulator } = await connect();
    emulator.faults.next({ kind: 'reset-after' }, 2);
    expect(await client.run(...write, aCall())).toMatchObject({ kind: 'outcome-unknown' });
    expect(await client.run(shopIdQuery, {}, aCall())).toMatchObject({ kind: 'unavailable' });
  });

  test('a write that outlives its deadline may have taken effect', async () => {
    const { client, emulator } = await connect();
    emulator.faults.next({ kind: 'hang-after', ms: 500 });
    expect(await client.run(...write, aCall(150))).toMatchObject({ kind: 'outcome-unknown' });
  });

  test('a write that finds nobody listening had no effect', async () => {
    const { client, emulator } = await connect();
    await emulator.close();
    expect(await client.run(...write, aCall())).toMatchObject({ kind: 'unavailable' });
  });
});

describe('limits', () => {
  test('the budget is read from every answer', async () => {
    const { client, services } = await connect({ bucket: { capacity: 20_000, refillPerSecond: 1000 } });
    await client.run(shopIdQuery, {}, aCall());
    expect(services.reports).toEqual([
      { available: expect.any(Number), capacity: 20_000, refillPerSecond: 1000 },
    ]);
  });

  test('a throttled query waits as long as its points need to come back', async () => {
    const nowMs = Date.parse('2026-11-24T10:00:00Z');
    const { client, emulator, services } = await connect({ now: () => nowMs });
    emulator.platform.bucket.drain(10);
    const answer = await client.run(
      orderQuery,
      { id: 'gid://shopify/Order/1', lines: 10, linesAfter: null, transactions: 20 },
      aCall(),
    );
    const requested = await requestedOf(emulator.platform, nowMs);
    expect(answer).toMatchObject({ kind: 'rate-limited', retryAfterMs: ((requested - 10) / 100) * 1000 });
    expect(services.reports).toContainEqual({ pausedForMs: ((requested - 10) / 100) * 1000 });
  });

  test.each([429, 430])('HTTP %i waits as long as it says', async (status) => {
    const { client, emulator, services } = await connect();
    emulator.faults.next({ kind: 'answer', status, headers: { 'retry-after': '2.0' } });
    expect(await client.run(...write, aCall())).toMatchObject({ kind: 'rate-limited', retryAfterMs: 2000 });
    expect(services.reports).toContainEqual({ pausedForMs: 2000 });
  });
});

describe('access tokens', () => {
  test('tokens that expire after one hour are refreshed once for all workers', async () => {
    let nowMs = Date.parse('2026-11-24T10:00:00Z');
    const { client, emulator } = await connect({ now: () => nowMs }, offline);
    await client.run(shopIdQuery, {}, aCall());
    expect(emulator.platform.tokens.issued).toBe(1);
    nowMs += 3_600_000;
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.run(shopIdQuery, {}, aCall())));
    expect(answers.map(({ kind }) => kind)).toEqual(Array.from({ length: 8 }, () => 'answer'));
    expect(emulator.platform.tokens.issued).toBe(2);
  });

  test('a token is renewed before it expires, not after a call failed', async () => {
    let nowMs = Date.parse('2026-11-24T10:00:00Z');
    const { client, emulator } = await connect({ now: () => nowMs }, offline);
    await client.run(shopIdQuery, {}, aCall());
    nowMs += 56 * 60_000;
    await client.run(shopIdQuery, {}, aCall());
    expect(emulator.platform.tokens.issued).toBe(2);
  });

  test('a token that was revoked early is renewed, and the call is made once more', async () => {
    const { client, emulator } = await connect({}, offline);
    await client.run(shopIdQuery, {}, aCall());
    emulator.platform.tokens.revokeAll();
    expect(await client.run(shopIdQuery, {}, aCall())).toMatchObject({ kind: 'answer' });
    expect(emulator.platform.tokens.issued).toBe(2);
  });

  test('a shop that refuses the renewed token too is unauthorized, not tried for ever', async () => {
    const { client, emulator } = await connect({}, offline);
    emulator.faults.often({ kind: 'answer', status: 401 }, 1, isGraphql);
    expect(await client.run(shopIdQuery, {}, aCall())).toMatchObject({ kind: 'unauthorized' });
    expect(emulator.platform.tokens.issued).toBe(2);
  });

  test('the client-credentials grant needs no refresh token', async () => {
    const { client } = await connect(
      {},
      { auth: { kind: 'client-credentials', clientId: emulatedApp.clientId } },
    );
    expect(await client.run(shopIdQuery, {}, aCall())).toMatchObject({ kind: 'answer' });
  });

  test('a wrong client secret is unauthorized and names no secret', async () => {
    const { client } = await connect({}, { ...offline, clientSecret: 'not-the-secret' });
    const answer = await client.run(shopIdQuery, {}, aCall());
    expect(answer.kind).toBe('unauthorized');
    expect(JSON.stringify(answer)).not.toMatch(/not-the-secret|shprt_/);
  });

  test('a token endpoint that is down does no harm to a write: it never left', async () => {
    const { client, emulator } = await connect({}, offline);
    emulator.faults.next({ kind: 'answer', status: 503 });
    expect(await client.run(...write, aCall())).toMatchObject({ kind: 'unavailable' });
  });

  test('no outcome of a refused fixed token repeats it', async () => {
    const { client } = await connect({}, { auth: { kind: 'access-token', accessToken: 'shpat_wrong' } });
    const answer = await client.run(shopIdQuery, {}, aCall());
    expect(answer).toMatchObject({ kind: 'unauthorized' });
    expect(JSON.stringify(answer)).not.toContain('shpat_wrong');
  });
});

/** What the emulated shop says the order query asks for. */
async function requestedOf(platform: Connected['emulator']['platform'], nowMs: number): Promise<number> {
  platform.bucket.drain(0);
  const answer = await platform.handle({
    method: 'POST',
    path: '/admin/api/2026-10/graphql.json',
    query: new URLSearchParams(),
    headers: { 'x-shopify-access-token': emulatedApp.accessToken },
    body: JSON.stringify({
      query: orderQuery.text,
      operationName: 'Order',
      variables: { id: 'x', lines: 10, linesAfter: null, transactions: 20, nowMs },
    }),
  });
  const { extensions } = JSON.parse(answer.body) as { extensions: { cost: { requestedQueryCost: number } } };
  return extensions.cost.requestedQueryCost;
}
