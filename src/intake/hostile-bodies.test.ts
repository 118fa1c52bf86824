import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await gatewayUnderTest();
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  for (const table of ['seen', 'message', 'inbox', 'lane']) await gateway.rows(`delete from ${table}`);
});
const thing = (id: string): string => JSON.stringify({ id });

describe('a hostile or broken body', () => {
  const nested = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  test.each<[string, string | Buffer, string]>([
    ['deeply nested', `{"id":${nested}}`, 'message:shop:event-1'],
    ['a nested array', nested, 'message:shop:event-1'],
    ['__proto__', '{"__proto__":{"id":"evil"}}', 'message:shop:event-1'],
    ['a constructor', '{"constructor":{"prototype":{"id":"evil"}},"id":"1"}', 'order:shop:1'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 'message:shop:event-1'],
    ['NUL bytes', '{"id":"a\\u0000b"}', 'order:shop:a␀b'],
    ['lone surrogates', '{"id":"\\ud800"}', 'order:shop:\ufffd'],
    ['no JSON', 'id=1&x=2', 'message:shop:event-1'],
    ['an empty body', '', 'message:shop:event-1'],
    ['JSON null', 'null', 'message:shop:event-1'],
    ['an id of another type', '{"id":12}', 'message:shop:event-1'],
    ['an empty id', '{"id":""}', 'message:shop:event-1'],
    ['an id longer than an index holds', thing('x'.repeat(4_000)), 'message:shop:event-1'],
  ])('%s is stored all the same', async (_what, body, entity) => {
    expect(await gateway.post(body)).toMatchObject({
      status: 200,
      body: { receipt: { outcome: 'accepted' } },
    });
    expect(await gateway.rows('select entity from message')).toEqual([{ entity }]);
  });

  test.each([
    ['an unknown topic', { 'x-topic': 'thing/unheard-of' }],
    ['a topic that every object has', { 'x-topic': 'constructor' }],
    ['a topic longer than an index holds', { 'x-topic': 'x'.repeat(3_000) }],
    ['an event id longer than an index holds', { 'x-event-id': 'x'.repeat(3_000) }],
    ['a connector with a defect', { 'x-topic': 'thing/defect' }],
    ['an instant that is none', { 'x-occurred-at': 'yesterday' }],
    ['an instant before all calendars', { 'x-occurred-at': '-271821-04-20T00:00:00.000Z' }],
    ['another content type', { 'content-type': 'text/plain; charset=latin-1' }],
  ])('%s is stored all the same', async (_what, headers) => {
    expect(await gateway.post(thing('1'), headers)).toMatchObject({ status: 200 });
    expect(await gateway.count('message')).toBe(1);
  });

  test('one of 10 MB is refused with 413 and not stored', async () => {
    expect(await gateway.post(Buffer.alloc(10_000_000, 0x20))).toMatchObject({
      status: 413,
      body: { status: 413, code: 'too-large' },
    });
    expect(await gateway.count('message')).toBe(0);
  });

  test('nothing of a body is in the log', async () => {
    await gateway.post('{"customer":"canary"}');
    await gateway.post('{"customer":"canary"', { 'x-event-id': '2' });
    expect(gateway.logged.join('\n')).not.toContain('canary');
    expect(gateway.logged).not.toEqual([]);
  });
});
