import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient } from '#connector-sdk/http-client.ts';
import type { Logger } from '#connector-sdk/services.ts';
import { type Database, inTransaction } from '#journal/database.ts';
import { sendAlerts } from '#ops/alerts.ts';
import type { Retailer } from './retailers/retailer.ts';

const defaultTimes = { everyMs: 5_000, postWithinMs: 10_000 };

/** Posts alerts for every retailer that wants them, until stopped. Of several processes one at a time does. */
export function startAlerting(
  database: Database,
  retailers: readonly Retailer[],
  log: Logger,
  { everyMs, postWithinMs } = defaultTimes,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loops = retailers.map(async ({ tenant, alerts }) => {
    if (alerts === null) return;
    const target = new URL(alerts.webhookUrl);
    const http = createHttpClient(target.origin, { allowPrivateAddresses: alerts.allowPrivateAddresses });
    const post = async (_url: string, headers: Readonly<Record<string, string>>, body: string) => {
      const answer = await http.request({
        method: 'POST',
        path: `${target.pathname}${target.search}`,
        headers,
        body,
        deadlineMs: Date.now() + postWithinMs,
        signal,
      });
      return answer.kind === 'response' && answer.status >= 200 && answer.status < 300;
    };
    const round = (): Promise<void> =>
      inTransaction(database, [tenant], async (client) => {
        const { rows } = await client.query<{ mine: boolean }>(
          `/* alerts_turn */ select pg_try_advisory_xact_lock(hashtextextended('alerts ' || $1, 0)) as mine`,
          [tenant],
        );
        if (rows[0]?.mine === true)
          await sendAlerts(database, tenant, { url: alerts.webhookUrl, secret: alerts.secret }, post);
      });
    while (!signal.aborted) {
      await round().catch((error: unknown) =>
        log.warn({ tenant, error: String(error) }, 'alerts could not be sent'),
      );
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
    await http.close();
  });
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}
