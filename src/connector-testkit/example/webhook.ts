import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { WebhookReceiver } from '#connector-sdk/connector.ts';
import { parseJsonLossless } from '#connector-sdk/json-lossless.ts';
import type { ExampleConfig } from './config.ts';

/** How far the signed instant may be from ours. Milliseconds. */
export const toleranceMs = 300_000;

const envelope = z.object({
  id: z.string().min(1),
  event: z.string().min(1),
  at: z.iso.datetime({ precision: 3 }),
});

/** `x-example-signature: <milliseconds>,<hex HMAC-SHA-256 of "milliseconds.body">`. */
export function signature(body: Buffer, secret: string, atMs: number): string {
  return `${atMs},${createHmac('sha256', secret).update(`${atMs}.`).update(body).digest('hex')}`;
}

/** Lets in what Example signed in the last minutes. */
export const webhookReceiver: WebhookReceiver<ExampleConfig> = {
  verify({ headers, body, nowMs }, config) {
    const given = headers['x-example-signature'];
    if (given === undefined || given === '') return { ok: false, reason: 'signature-missing' };
    const atMs = Number(/^(\d{1,15}),/.exec(given)?.[1] ?? Number.NaN);
    if (Number.isNaN(atMs) || !equal(given, signature(body, config.signingSecret, atMs)))
      return { ok: false, reason: 'signature-invalid' };
    if (Math.abs(nowMs - atMs) > toleranceMs) return { ok: false, reason: 'stale' };
    const message = envelope.safeParse(parsed(body));
    if (!message.success) return { ok: false, reason: 'malformed' };
    return {
      ok: true,
      topic: message.data.event,
      sourceEventId: message.data.id,
      occurredAt: message.data.at,
    };
  },
};

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function parsed(body: Buffer): unknown {
  try {
    return parseJsonLossless(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
