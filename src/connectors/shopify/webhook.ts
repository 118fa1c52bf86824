import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Delivery, Refusal, WebhookReceiver } from '#connector-sdk/connector.ts';
import type { ShopifyConfig } from './config.ts';

const refused = (reason: Refusal['reason']): Refusal => ({ ok: false, reason });

/**
 * Proves that Shopify sent this body for this shop: HMAC-SHA256 of the raw bytes under the client secret (or, while it is rotated, the
 * previous one). The headers are not signed: topic and time are taken only after the body is proved.
 */
export const webhook: WebhookReceiver<ShopifyConfig> = {
  verify({ headers, body, nowMs }, config): Delivery | Refusal {
    const stated = headers['x-shopify-hmac-sha256'];
    if (stated === undefined || stated === '') return refused('signature-missing');
    if (!isSigned(body, stated, config)) return refused('signature-invalid');
    if (headers['x-shopify-shop-domain']?.toLowerCase() !== config.shop) return refused('wrong-source');
    const topic = headers['x-shopify-topic'];
    // The event id is the same in every topic and subscription that tells of one event; deliveries before it existed have the webhook id.
    const sourceEventId = headers['x-shopify-event-id'] || headers['x-shopify-webhook-id'];
    if (!topic || !sourceEventId) return refused('malformed');
    const triggeredAt = headers['x-shopify-triggered-at'];
    const triggeredMs = triggeredAt === undefined ? Number.NaN : Date.parse(triggeredAt);
    if (triggeredAt !== undefined && Number.isNaN(triggeredMs)) return refused('malformed');
    if (Math.abs(nowMs - triggeredMs) > config.webhookMaxAgeMs) return refused('stale');
    return {
      ok: true,
      topic,
      sourceEventId,
      occurredAt: triggeredAt === undefined ? null : new Date(triggeredMs).toISOString(),
    };
  },
};

/** Computes and compares for every secret, however the first comparison ends. */
function isSigned(body: Buffer, stated: string, config: ShopifyConfig): boolean {
  // The text is compared, not what it decodes to: base64 has several spellings, Shopify one.
  const given = Buffer.from(stated);
  const secrets = [
    config.clientSecret,
    ...(config.previousClientSecret === undefined ? [] : [config.previousClientSecret]),
  ];
  const matches = secrets.map((secret) => {
    const expected = Buffer.from(createHmac('sha256', secret).update(body).digest('base64'));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return matches.includes(true);
}
