import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

/** What a sender of webhooks meant by an attempt: to tell something (in time, late, or once more), or to test the receiver. */
export type DeliveryKind = 'genuine' | 'duplicate' | 'late' | 'malformed' | 'forged';

/** One attempt to deliver a webhook, as its sender saw it end. */
export type DeliveryAttempt = {
  readonly url: string;
  readonly topic: string;
  readonly deliveryId: string;
  /** The source's id of the event: what a receiver knows repeats by. */
  readonly eventId: string;
  /** The record it tells of, as the platform names it; null where the body names none. */
  readonly subject: string | null;
  readonly attempt: number;
  readonly kind: DeliveryKind;
  /** Null: no answer came. */
  readonly status: number | null;
  readonly error: string | null;
  readonly body: string;
};

/** The client history of webhook deliveries: one line for each attempt that ended. */
export type DeliveryHistory = { record(attempt: DeliveryAttempt): void; close(): void };

/** Appends to a file as JSON lines. Tenant and connection are the last two parts of the receiver's path; of the body only its hash is kept. */
export function deliveryHistory(file: string): DeliveryHistory {
  const descriptor = openSync(file, 'a');
  let isOpen = true;
  return {
    record({ url, body, ...attempt }) {
      // An attempt that is cut by the end of the sandbox ends after it.
      if (!isOpen) return;
      const [connection, retailer] = new URL(url).pathname.split('/').filter(Boolean).reverse();
      const line = {
        at: new Date().toISOString(),
        retailer: retailer ?? null,
        connection: connection ?? null,
        ...attempt,
        bodySha256: createHash('sha256').update(body).digest('hex'),
      };
      writeSync(descriptor, `${JSON.stringify(line)}\n`);
    },
    close() {
      isOpen = false;
      closeSync(descriptor);
    },
  };
}
