import { z } from 'zod';
import type { Json, JsonObject } from '#canonical/json.ts';
import { moneyFromDecimal } from '#canonical/money.ts';
import type { ExternalRef } from '#canonical/primitives.ts';
import type { NetSuiteClient, Session } from '../client.ts';
import { rejected } from '../answers/failure.ts';
import { orderByKeyQuery } from '../suiteql.ts';

const number = z.union([z.number(), z.string()]).transform(String);
/** Older answers say "B", newer ones { "id": "B" }. */
const status = z
  .union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)])
  .pipe(z.enum(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H']));

const viewSchema = z.object({
  id: z.union([z.string(), z.int()]).transform(String),
  tranId: z.string().nullish(),
  orderStatus: status,
  total: number,
  taxTotal: number.nullish(),
  item: z.object({
    items: z.array(
      z.object({
        line: z.int(),
        quantity: number.nullish(),
        quantityFulfilled: number.nullish(),
        quantityBilled: number.nullish(),
        isClosed: z.boolean().nullish(),
      }),
    ),
  }),
});
/** A sales order as far as the commands look at it. */
export type OrderView = z.infer<typeof viewSchema>;

/** The order by its internal id or `eid:` and its key; null where there is none. */
export async function readOrder(session: Session, id: string): Promise<OrderView | null> {
  const body = await session.read(`/salesOrder/${id}?expandSubResources=true`);
  return body === null ? null : viewSchema.parse(body);
}

/** The order under our key: read straight where the key is the external id, searched where it stands in a field. */
export async function orderUnderKey(
  session: Session,
  client: NetSuiteClient,
  key: string,
): Promise<OrderView | null> {
  const { keyField } = client.config;
  if (keyField === null) return readOrder(session, `eid:${key}`);
  const rows = z
    .array(z.object({ id: z.union([z.string(), z.int()]).transform(String) }))
    .parse(await session.query(orderByKeyQuery(keyField, key), 3));
  const [only] = rows;
  if (rows.length > 1)
    throw rejected(
      'duplicate-order',
      `sales orders ${rows.map(({ id }) => id).join(' and ')} both carry the key ${key}`,
    );
  return only === undefined ? null : readOrder(session, only.id);
}

/** Whether anything left the house or was billed. Pending billing says it not: an order of services alone begins there. */
export const hasProgress = ({ orderStatus, item }: OrderView): boolean =>
  ['D', 'E', 'G'].includes(orderStatus) ||
  item.items.some(
    ({ quantityFulfilled, quantityBilled }) =>
      Number(quantityFulfilled ?? 0) > 0 || Number(quantityBilled ?? 0) > 0,
  );

/** Nobody has begun to work on it. */
export const isUntouched = (view: OrderView): boolean =>
  ['A', 'B', 'F'].includes(view.orderStatus) && !hasProgress(view);

/** Cancelled, or closed with nothing shipped and nothing billed. */
export const isTakenBack = (view: OrderView): boolean =>
  view.orderStatus === 'C' || (view.orderStatus === 'H' && !hasProgress(view));

/** @throws NetSuiteFailure `rejected` for an amount with more decimals than its currency has. */
export function totalMinor(amount: string, currency: string): number {
  try {
    return moneyFromDecimal('presentment', currency, amount).amountMinor;
  } catch (error) {
    throw rejected('total-differs', error instanceof Error ? error.message : 'an amount that is none');
  }
}

export const orderRef = (connection: string, id: string): ExternalRef => ({
  connection,
  type: 'salesOrder',
  id,
});

/** What a command answers about the order. */
export const orderResult = ({ id, tranId, orderStatus, total }: OrderView): JsonObject =>
  ({ id, number: tranId ?? null, status: orderStatus, total }) satisfies Record<string, Json>;
