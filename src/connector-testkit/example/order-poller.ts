import { z } from 'zod';
import { jsonSchema } from '#canonical/primitives.ts';
import type { Poller } from '#connector-sdk/connector.ts';
import type { ExampleClient } from './client.ts';
import { orderRecordSchema } from './order-record.ts';

const pageSize = 50;
/** How far each reading overlaps the last, since a change becomes visible after its instant. Milliseconds. */
const overlapMs = 60_000;

/** The record goes on as it came; only what the cursor needs is read. */
const pageSchema = z.array(
  z.object({ id: z.string(), changedAt: orderRecordSchema.shape.changedAt }).catchall(jsonSchema),
);

/** Changed orders, oldest first; the cursor is the instant to read from. */
export const orderPoller: Poller<ExampleClient> = {
  everyMs: 60_000,
  timeoutMs: 30_000,
  async poll(cursor, call, client) {
    const since = cursor ?? '1970-01-01T00:00:00.000Z';
    const reply = await client.read(`/orders?since=${encodeURIComponent(since)}&limit=${pageSize}`, call);
    if (!reply.ok) return reply.failure;
    const page = pageSchema.safeParse(reply.value);
    if (!page.success)
      return { kind: 'unavailable', retryAfterMs: null, detail: 'the answer is no list of orders' };
    const records = page.data.map((order) => ({
      topic: 'order.changed',
      sourceEventId: `${order.id}@${order.changedAt}`,
      occurredAt: order.changedAt,
      body: { order },
    }));
    const last = page.data.at(-1)?.changedAt;
    const more = page.data.length === pageSize;
    // Within a run the cursor goes straight on; the next run starts early again.
    const next =
      last === undefined ? since : more ? last : new Date(Date.parse(last) - overlapMs).toISOString();
    return { kind: 'read', records, cursor: next > since ? next : since, more };
  },
};
