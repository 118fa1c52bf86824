import { z } from 'zod';
import type { JsonObject } from '#canonical/json.ts';
import type { Session } from '../client.ts';
import {
  changedInvoicesQuery,
  changedOrdersQuery,
  changedShipmentsQuery,
  deletedOrdersQuery,
  progressQuery,
  shipmentLinesQuery,
  taxLinesQuery,
  trackingQuery,
} from '../suiteql.ts';
import { changedRecords } from './changed-records.ts';

/** NetSuite gives at most so many rows a page; a page of records with more lines than that is read in smaller groups. */
const rowsAtOnce = 1000;
const recordsAtOnce = 25;

const childSchema = z.looseObject({ transaction: z.union([z.string(), z.int()]).transform(String) });

/** Sales orders that carry our key; of closed ones also what had left, since only that tells cancelled from done. */
export const orderPoller = changedRecords({
  topic: () => 'salesOrder',
  query: ({ keyField }, since) => changedOrdersQuery(keyField, since),
  async complete(rows, session) {
    const closed = rows.filter(({ status }) => status === 'H').map(({ id }) => id);
    const progress = await children(session, closed, progressQuery);
    return ({ id, status }) => (status === 'H' ? { progress: progress.get(id) ?? [] } : {});
  },
});

/** Sales orders that were deleted: a deletion changes no record that could be polled. */
export const deletionPoller = changedRecords({
  topic: () => 'deletedOrder',
  everyMs: 30_000,
  isWanted: ({ deletions }) => deletions,
  onlyIfKnown: true,
  query: (_, since) => deletedOrdersQuery(since),
  complete: () => Promise.resolve(() => ({})),
});

/** Item fulfilments of our orders with their lines and tracking numbers. */
export const shipmentPoller = changedRecords({
  topic: () => 'itemFulfillment',
  query: ({ keyField }, since) => changedShipmentsQuery(keyField, since),
  async complete(rows, session, { lineField }) {
    const ids = rows.map(({ id }) => id);
    const lines = await children(session, ids, (some) => shipmentLinesQuery(lineField, some));
    const packages = await children(session, ids, trackingQuery);
    return ({ id }) => ({ lines: lines.get(id) ?? [], packages: packages.get(id) ?? [] });
  },
});

/** Invoices and cash sales of our orders with their taxes. */
export const invoicePoller = changedRecords({
  topic: ({ type }) => (type === 'CashSale' ? 'cashSale' : 'invoice'),
  query: ({ keyField }, since) => changedInvoicesQuery(keyField, since),
  async complete(rows, session) {
    const taxes = await children(
      session,
      rows.map(({ id }) => id),
      taxLinesQuery,
    );
    return ({ id }) => ({ taxlines: taxes.get(id) ?? [] });
  },
});

/** Child rows by the record they belong to, in a stable order. A group that fills its page is read record by record. */
async function children(
  session: Session,
  ids: readonly string[],
  query: (some: readonly string[]) => string,
  atOnce = recordsAtOnce,
): Promise<ReadonlyMap<string, readonly JsonObject[]>> {
  const found = new Map<string, JsonObject[]>();
  for (let from = 0; from < ids.length; from += atOnce) {
    const some = ids.slice(from, from + atOnce);
    const rows = await session.query(query(some), rowsAtOnce);
    if (rows.length === rowsAtOnce && some.length > 1) {
      for (const [id, list] of await children(session, some, query, 1)) found.set(id, [...list]);
      continue;
    }
    for (const row of rows) {
      const { transaction, ...rest } = childSchema.parse(row);
      found.set(transaction, [...(found.get(transaction) ?? []), rest as JsonObject]);
    }
  }
  for (const list of found.values()) list.sort(byLine);
  return found;
}

const byLine = (a: JsonObject, b: JsonObject): number => rank(a) - rank(b);
const rank = ({ line }: JsonObject): number => Number(line ?? 0);
