import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CanonicalEvent } from '#canonical/event.ts';
import { parseJsonLossless } from '#connector-sdk/json-lossless.ts';
import type { InboundMessage } from '#connector-sdk/mapping.ts';
import type { ShopifyConfig } from '../config.ts';
import { inbound } from '../inbound/topics.ts';
import { webhook } from '../webhook.ts';

export type Heard = {
  readonly url: string;
  /** Verified deliveries in the order of arrival. */
  readonly messages: readonly InboundMessage[];
  /** Answers 503 from now on (or 200 again). */
  fail(failing: boolean): void;
  close(): Promise<void>;
};

/** A receiver as intake is one: verifies, parses without rounding, keeps. */
export async function listen(config: ShopifyConfig, connection: string): Promise<Heard> {
  const messages: InboundMessage[] = [];
  let isFailing = false;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      const verified = webhook.verify({ headers, body, nowMs: Date.now() }, config);
      if (verified.ok && !isFailing) {
        const { topic, occurredAt } = verified;
        const bodyHash = createHash('sha256').update(body).digest('hex');
        const parsed = parseJsonLossless(body.toString('utf8'));
        messages.push({
          connection,
          topic,
          occurredAt: occurredAt ?? new Date().toISOString(),
          body: parsed,
          bodyHash,
        });
      }
      response.writeHead(isFailing ? 503 : verified.ok ? 200 : 401).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/shopify-us`,
    messages,
    fail: (failing) => {
      isFailing = failing;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a message says, in our words. */
export function eventsOf(message: InboundMessage): readonly CanonicalEvent[] {
  const mapping = inbound[message.topic];
  if (!mapping) throw new Error(`no mapping for ${message.topic}`);
  return mapping.map(message);
}
