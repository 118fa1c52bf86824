import { describe, expect, test } from 'vitest';
import { cloudEventProblems, outwardTypes, toCloudEvent } from './cloud-event.ts';
import type { CanonicalEvent } from './event.ts';
import { plainOrder } from './fixtures/plain-order.ts';

const ref = { connection: 'shop', type: 'Order', id: '1' };
const observed: CanonicalEvent = {
  type: 'order.observed',
  subject: { entity: 'order', ref, founds: true },
  version: { at: '2026-11-24T10:00:00.000Z', hash: 'a1' },
  data: plainOrder(),
};
const origin = { id: '17', tenant: 'acme', subject: 'order:shop:1', correlationId: 'c-1', causationId: null };

describe('an event that leaves', () => {
  test('is a CloudEvents 1.0 message about the record, in the order of the record', () => {
    expect(toCloudEvent(observed, origin)).toEqual({
      specversion: '1.0',
      id: '17',
      source: '/tenants/acme/connections/shop',
      type: 'io.tallyport.order.observed.v1',
      subject: 'order:shop:1',
      time: '2026-11-24T10:00:00.000Z',
      datacontenttype: 'application/json',
      dataschema: 'urn:tallyport:contracts:events:order.observed:v1',
      tenant: 'acme',
      partitionkey: 'order:shop:1',
      correlationid: 'c-1',
      data: { ref, version: observed.version, record: plainOrder() },
    });
    expect(cloudEventProblems(toCloudEvent(observed, origin))).toEqual([]);
  });

  test('names what caused it, where something did', () => {
    const event = toCloudEvent(observed, { ...origin, causationId: 'command:3' });
    expect(event).toMatchObject({ causationid: 'command:3' });
    expect(cloudEventProblems(event)).toEqual([]);
  });

  test('a tenant or connection of any name makes one source', () => {
    const event = toCloudEvent(observed, { ...origin, tenant: 'a/b c' });
    expect(event?.source).toBe('/tenants/a%2Fb%20c/connections/shop');
    expect(cloudEventProblems(event)).toEqual([]);
  });

  test('what only the engine needs stays inside', () => {
    const touched: CanonicalEvent = {
      type: 'order.touched',
      subject: observed.subject,
      version: observed.version,
      data: { reason: 'tagged', listed: false },
    };
    expect(toCloudEvent(touched, origin)).toBeNull();
    expect(outwardTypes).not.toContain('order.touched');
  });
});

describe('a message that claims to be one', () => {
  const event = toCloudEvent(observed, origin);

  test.each([
    'id',
    'source',
    'specversion',
    'subject',
    'tenant',
    'partitionkey',
    'correlationid',
    'dataschema',
    'data',
  ])('lacks %s', (name) => {
    const { [name as 'id']: _, ...rest } = event ?? ({} as never);
    expect(cloudEventProblems(rest).map(({ path }) => path)).toEqual([name]);
  });

  test('is of a type that we do not send', () => {
    expect(cloudEventProblems({ ...event, type: 'io.tallyport.order.observed.v2' })).toEqual([
      { path: 'type', message: 'is none of our event types' },
    ]);
    expect(cloudEventProblems('text')).toHaveLength(1);
    expect(cloudEventProblems(null)).toHaveLength(1);
  });

  test('carries another record than its type says', () => {
    expect(
      cloudEventProblems({
        ...event,
        data: { ref, version: observed.version, record: { schema: 'case/1' } },
      }),
    ).not.toEqual([]);
  });

  test('may have extension attributes of others, but only with names that CloudEvents allows', () => {
    expect(
      cloudEventProblems({
        ...event,
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      }),
    ).toEqual([]);
    expect(cloudEventProblems({ ...event, trace_parent: 'x' }).map(({ path }) => path)).toEqual([
      'trace_parent',
    ]);
  });
});
