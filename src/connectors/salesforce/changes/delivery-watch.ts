import { z } from 'zod';
import type { Call } from '#connector-sdk/connector.ts';
import type { SalesforceClient } from '../client.ts';

/** The allocation is looked at so often: one API call each time. */
const everyMs = 15 * 60_000;
/** Share of the day's deliveries below which it is time to do something. */
export const lowDeliveries = 0.1;

/** `GET /limits`: events that may still be delivered to all subscribers of the org in 24 h. */
export const deliveriesSchema = z
  .object({ DailyDeliveredPlatformEvents: z.object({ Max: z.number(), Remaining: z.number() }) })
  .transform(({ DailyDeliveredPlatformEvents }) => ({
    max: DailyDeliveredPlatformEvents.Max,
    remaining: DailyDeliveredPlatformEvents.Remaining,
  }));

/** Warns while there is time: beyond the allocation the stream is cut, and changes have to be queried for. */
export async function watchDeliveries(client: SalesforceClient, call: Call): Promise<void> {
  const nowMs = client.now();
  if (nowMs - client.deliveriesSeenAtMs < everyMs) return;
  client.deliveriesSeenAtMs = nowMs;
  const answer = await client.ask({ method: 'GET', path: '/limits', effect: 'read' }, call);
  const read = answer.ok ? deliveriesSchema.safeParse(answer.value) : null;
  if (read?.success !== true) return;
  const { max, remaining } = read.data;
  if (remaining < max * lowDeliveries)
    client.log.warn(
      { max, remaining },
      "few of the org's event deliveries of 24 h are left: carry fewer objects in the channel",
    );
}
