import { setTimeout as sleep } from 'node:timers/promises';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Json } from '#canonical/json.ts';
import { newCall } from '#connector-sdk/call.ts';
import type { CommandHandler } from '#connector-sdk/connector.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import { deliver } from '#connector-testkit/deliver.ts';
import type { TrytonClient } from '#connectors/tryton/client.ts';
import { tryton } from '#connectors/tryton/connector.ts';
import { cancelSale } from '#connectors/tryton/sales/cancel-sale.ts';
import { createSale } from '#connectors/tryton/sales/create-sale.ts';
import { bench, connection } from '#connectors/tryton/testing/target.ts';
import type { Case } from './orders.ts';

/** How the proof's orders reach Tryton. Here: straight through the connector, as the engine would call it. */
export type Drive = {
  /** Carries one order in; each call is one command, delivered until it is done. Answers the sale's id. */
  create(one: Case): Promise<number>;
  cancel(one: Case, sale: number): Promise<void>;
  /** All that the pollers read from the beginning, mapped. */
  events(): Promise<readonly CanonicalEvent[]>;
  close(): Promise<void>;
};

/** After an answer that was lost. The request's own work must have ended; the proof's server is quiet. Milliseconds. */
const settledMs = 3_000;

export function directDrive(
  url: string,
  settings: { readonly database: string; readonly user: string; readonly password: string },
): Drive {
  const at = bench({ baseUrl: url, ...settings });

  const run = async <Request extends Json>(
    handler: CommandHandler<never, Request, TrytonClient>,
    key: string,
    request: Request,
  ): Promise<number> => {
    const { outcome, history } = await deliver(handler, request, at.client, { key, settledMs });
    if (outcome.kind !== 'done')
      throw new Error(
        `${key}: ${JSON.stringify(outcome)} after ${history.map(({ kind }: Outcome) => kind).join(', ')}`,
      );
    return Number(outcome.refs?.[0]?.id);
  };

  return {
    create: ({ order, name }) => run(createSale as never, `create ${name}`, at.render(order)),
    async cancel({ name }, sale) {
      await run(cancelSale as never, `cancel ${name}`, { sale: { by: 'id', id: sale }, reason: 'customer' });
    },
    async events() {
      const events: CanonicalEvent[] = [];
      for (const poller of Object.values(tryton.pollers)) {
        for (let cursor: string | null = null, more = true; more;) {
          const page = await poller.poll(cursor, newCall({ timeoutMs: 60_000 }), at.client);
          if (page.kind !== 'read') throw new Error(JSON.stringify(page));
          for (const { topic, occurredAt, body, sourceEventId } of page.records)
            events.push(
              ...(tryton.inbound[topic]?.map({
                connection,
                topic,
                occurredAt,
                body,
                bodyHash: sourceEventId,
              }) ?? []),
            );
          ({ cursor, more } = page);
          await sleep(0);
        }
      }
      return events;
    },
    close: () => at.close(),
  };
}
