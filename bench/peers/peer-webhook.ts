import { createHmac, timingSafeEqual } from 'node:crypto';
import { orderIndexOf, versionOfNote } from '../driver/bench-order.ts';

/** A webhook as a peer's program reads it: proved by its signature, then parsed. */
export type PeerWebhook = {
  readonly deliveryId: string;
  readonly order: number;
  readonly version: number;
  /** The body, which travels on to both systems. */
  readonly content: unknown;
};

/** Verifies as Shopify asks for, over the raw bytes. Null: forged. */
export function readPeerWebhook(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  body: Buffer,
  secret: string,
): PeerWebhook | null {
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(String(headers['x-shopify-hmac-sha256'] ?? ''), 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const content = JSON.parse(body.toString()) as { readonly id: number; readonly note: string | null };
  return {
    deliveryId: String(headers['x-shopify-event-id']),
    order: orderIndexOf(String(content.id)),
    version: versionOfNote(content.note),
    content,
  };
}
