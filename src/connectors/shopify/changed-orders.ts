import { z } from 'zod';
import type { Poller } from '#connector-sdk/connector.ts';
import type { ShopifyClient } from './client.ts';
import { idOfGid } from './gid.ts';
import { changedOrdersQuery } from './queries/changed-orders.ts';

/** (K) 250 is the most that Shopify gives at once; one point each. */
const pageSize = 250;

const cursorSchema = z.object({
  /** Everything changed up to here has been read. */
  readTo: z.iso.datetime({ precision: 3 }),
  /** Inside a page run: where it began and Shopify's own cursor. */
  run: z.object({ from: z.iso.datetime({ precision: 3 }), after: z.string() }).nullable(),
});

/**
 * The catch-up: names every order that changed since the cursor, so that a lost webhook is found. It carries no order, only which and
 * when: whoever has seen that state reads nothing, and a point an order leaves the budget to the work. The cursor is the newest change
 * that was read, never the clock, and each run begins `pollOverlapMs` before it, since the search index lags.
 */
export const changedOrders: Poller<ShopifyClient> = {
  everyMs: 60_000,
  timeoutMs: 30_000,
  async poll(cursor, call, client) {
    const known =
      cursor === null
        ? { readTo: client.config.pollFrom ?? new Date(client.now()).toISOString(), run: null }
        : cursorSchema.parse(JSON.parse(cursor));
    const from = known.run?.from ?? earlier(known.readTo, client.config.pollOverlapMs);
    const answer = await client.run(
      changedOrdersQuery,
      { first: pageSize, after: known.run?.after ?? null, query: `updated_at:>='${from}'` },
      call,
    );
    if (answer.kind !== 'answer') return answer;
    const { nodes, pageInfo } = answer.data.orders;
    const records = nodes.map((node) => {
      const occurredAt = new Date(node.updatedAt).toISOString();
      const sourceEventId = `${idOfGid('Order', node.id) ?? node.id}@${occurredAt}`;
      return { topic: 'orders/polled', sourceEventId, occurredAt, body: node };
    });
    const readTo = records.reduce(
      (newest, { occurredAt }) => (occurredAt > newest ? occurredAt : newest),
      known.readTo,
    );
    const run =
      pageInfo.hasNextPage && pageInfo.endCursor !== null ? { from, after: pageInfo.endCursor } : null;
    return { kind: 'read', records, cursor: JSON.stringify({ readTo, run }), more: run !== null };
  },
};

const earlier = (instant: string, byMs: number): string => new Date(Date.parse(instant) - byMs).toISOString();
