import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { shopifyConfig } from './config.ts';
import { webhook } from './webhook.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const config = shopifyConfig.parse({
  shop: 'acme.myshopify.com',
  auth: { kind: 'access-token', accessToken: 'shpat_for_tests' },
  clientSecret: 'the-client-secret',
});
const body = Buffer.from('{"id":820982911946154508}');
const sign = (secret: string, bytes = body) => createHmac('sha256', secret).update(bytes).digest('base64');
const headers = {
  'x-shopify-topic': 'orders/create',
  'x-shopify-shop-domain': 'acme.myshopify.com',
  'x-shopify-event-id': 'event-1',
  'x-shopify-webhook-id': 'webhook-1',
  'x-shopify-triggered-at': '2026-11-24T11:59:58.123456789Z',
  'x-shopify-hmac-sha256': sign('the-client-secret'),
};
const verify = (over: Record<string, string | undefined>, settings = config, at = nowMs) => {
  const merged = Object.entries({ ...headers, ...over }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return webhook.verify(
    { headers: Object.fromEntries(merged) as Record<string, string>, body, nowMs: at },
    settings,
  );
};

describe('webhooks', () => {
  test('a signed delivery is let in with the id of the business event', () => {
    expect(verify({})).toEqual({
      ok: true,
      topic: 'orders/create',
      sourceEventId: 'event-1',
      occurredAt: '2026-11-24T11:59:58.123Z',
    });
  });
  test('without an event id the delivery id stands in', () => {
    expect(verify({ 'x-shopify-event-id': undefined })).toMatchObject({ sourceEventId: 'webhook-1' });
  });
  test('a delivery signed with the previous secret is let in while the secret is rotated, and not afterwards', () => {
    const rotated = { ...config, clientSecret: 'the-new-secret', previousClientSecret: 'the-client-secret' };
    expect(verify({}, rotated)).toMatchObject({ ok: true });
    expect(verify({}, { ...config, clientSecret: 'the-new-secret' })).toEqual({
      ok: false,
      reason: 'signature-invalid',
    });
  });
  test('a delivery for another shop of the same app is refused', () => {
    expect(verify({ 'x-shopify-shop-domain': 'other.myshopify.com' })).toEqual({
      ok: false,
      reason: 'wrong-source',
    });
    expect(verify({ 'x-shopify-shop-domain': undefined })).toEqual({ ok: false, reason: 'wrong-source' });
  });
  test('a retry four hours later is let in, one older than configured is not', () => {
    expect(verify({}, config, nowMs + 5 * 3_600_000)).toMatchObject({ ok: true });
    expect(verify({}, config, nowMs + 27 * 3_600_000)).toEqual({ ok: false, reason: 'stale' });
  });
  test('a delivery without a topic is malformed, and a topic nobody asked for is let in', () => {
    expect(verify({ 'x-shopify-topic': undefined })).toEqual({ ok: false, reason: 'malformed' });
    expect(verify({ 'x-shopify-topic': 'app/uninstalled' })).toMatchObject({
      ok: true,
      topic: 'app/uninstalled',
    });
  });
  test('the signature is proved before anything else is looked at', () => {
    const other = { 'x-shopify-hmac-sha256': sign('wrong'), 'x-shopify-shop-domain': 'other.myshopify.com' };
    expect(verify(other)).toEqual({ ok: false, reason: 'signature-invalid' });
  });
});
