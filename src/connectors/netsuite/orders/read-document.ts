import { z } from 'zod';
import { type Decimal, decimalSchema } from '#canonical/decimal.ts';
import { currencySchema, moneyFromDecimal } from '#canonical/money.ts';
import type { Call } from '#connector-sdk/connector.ts';
import type { DocumentReading, DocumentView } from '#connector-sdk/document.ts';
import { rejected } from '../answers/failure.ts';
import type { NetSuiteClient, Session } from '../client.ts';
import { currenciesQuery, itemNamesQuery } from '../suiteql.ts';
import { isTakenBack, orderRef, readOrder } from './order-view.ts';

const id = z.union([z.string(), z.int()]).transform(String);
const decimals = z.union([z.number(), z.string()]).transform(String).pipe(decimalSchema);
const bodySchema = z.looseObject({
  currency: z.object({ id }),
  externalId: z.string().nullish(),
  item: z.object({
    items: z.array(z.looseObject({ item: z.object({ id }), quantity: decimals.nullish() })),
  }),
});

/** A sales order by its internal id, with its lines. */
export async function readDocument(
  { type, id: internalId }: { readonly type: string; readonly id: string },
  call: Call,
  client: NetSuiteClient,
): Promise<DocumentReading> {
  if (type !== 'salesOrder' || !/^[1-9]\d{0,17}$/.test(internalId)) return { kind: 'absent' };
  const reading = await client.attempt<DocumentReading>(call, async (session) => {
    const order = await readOrder(session, internalId);
    const body = await session.read(`/salesOrder/${internalId}?expandSubResources=true`);
    if (order === null || body === null) return { kind: 'absent' };
    const { currency, externalId, item, ...fields } = bodySchema.parse(body);
    const { keyField } = client.config;
    const own = keyField === null ? externalId : fields[keyField];
    return {
      kind: 'found',
      document: {
        ref: orderRef(client.connection, order.id),
        number: order.tranId ?? null,
        isCancelled: isTakenBack(order),
        reference: typeof own === 'string' ? referenceOf(own) : null,
        total: await totalOf(session, order.total, currency.id),
        lines: await linesOf(session, item.items),
      },
    };
  });
  if (reading.kind === 'unmappable') throw new TypeError('a look maps nothing');
  return reading;
}

/** Our order's id, where the key is one of ours and was not too long to be told from it. */
function referenceOf(key: string): string | null {
  if (!key.startsWith('SO-') || key.startsWith('SO-h-')) return key;
  const bytes = key.slice(3).replaceAll(/_([0-9a-f]{2})/g, (_, hex: string) => `%${hex}`);
  try {
    return `order:${decodeURIComponent(bytes)}`;
  } catch {
    return key;
  }
}

async function totalOf(session: Session, total: string, currencyId: string): Promise<DocumentView['total']> {
  const known = z
    .array(z.object({ id, symbol: currencySchema }))
    .parse(await session.query(currenciesQuery, 1000))
    .find((each) => each.id === currencyId);
  if (known === undefined) return null;
  try {
    return moneyFromDecimal('presentment', known.symbol, total);
  } catch (error) {
    throw rejected('unexpected-answer', `total: ${error instanceof Error ? error.message : 'no amount'}`);
  }
}

async function linesOf(
  session: Session,
  lines: readonly {
    readonly item: { readonly id: string };
    readonly quantity?: Decimal | null | undefined;
  }[],
): Promise<DocumentView['lines']> {
  const ids = [...new Set(lines.map(({ item }) => item.id))].filter((each) => /^\d+$/.test(each));
  const rows =
    ids.length === 0
      ? []
      : z
          .array(z.object({ id, itemid: z.string(), externalid: z.string().nullish() }))
          .parse(await session.query(itemNamesQuery(ids), 1000));
  return lines.flatMap(({ item, quantity }) => {
    if (quantity === null || quantity === undefined) return [];
    const row = rows.find((each) => each.id === item.id);
    const names = [item.id, row?.itemid, row?.externalid ? `eid:${row.externalid}` : null];
    return [{ names: names.filter((name) => typeof name === 'string'), quantity }];
  });
}
