import { z } from 'zod';
import { compareDecimals, type Decimal, decimal, decimalSchema } from '#canonical/decimal.ts';
import type { JsonObject } from '#canonical/json.ts';
import type { Session } from '../client.ts';

/** One line of a sales order as an amendment looks at it. */
export type AmendableLine = {
  /** Its number in the record. */
  readonly line: number;
  /** Ours; null for what is charged beside goods. */
  readonly lineId: string | null;
  /** Internal id. */
  readonly item: string | null;
  readonly quantity: Decimal;
  readonly amount: Decimal;
  readonly isClosed: boolean;
  /** The most of what was picked, shipped or billed of it. */
  readonly taken: Decimal;
};

export type AmendableOrder = {
  readonly lines: readonly AmendableLine[];
  /** The head as it is shown. */
  readonly fields: JsonObject;
};

const number = z.union([z.number(), z.string()]).transform(String).pipe(decimalSchema);
const reference = z
  .object({ id: z.union([z.string(), z.int()]).transform(String) })
  .transform(({ id }) => id);
const lineSchema = z.looseObject({
  line: z.int(),
  item: reference.nullish(),
  quantity: number.nullish(),
  amount: number.nullish(),
  quantityPicked: number.nullish(),
  quantityFulfilled: number.nullish(),
  quantityBilled: number.nullish(),
  isClosed: z.boolean().nullish(),
});
const orderSchema = z.looseObject({ item: z.object({ items: z.array(lineSchema) }) });

/** The order with its lines as they stand now; null where there is none. `lineField` holds our line id. */
export async function amendableOrder(
  session: Session,
  id: string,
  lineField: string,
): Promise<AmendableOrder | null> {
  const body = await session.read(`/salesOrder/${id}?expandSubResources=true`);
  if (body === null) return null;
  const { item, ...fields } = orderSchema.parse(body);
  const zero = decimal(0);
  return {
    fields: fields as JsonObject,
    lines: item.items.map((line) => {
      const own = line[lineField];
      const taken = [line.quantityPicked, line.quantityFulfilled, line.quantityBilled];
      return {
        line: line.line,
        lineId: typeof own === 'string' && own !== '' ? own : null,
        item: line.item ?? null,
        quantity: line.quantity ?? zero,
        amount: line.amount ?? zero,
        isClosed: line.isClosed === true,
        taken: taken.reduce<Decimal>(
          (most, each) => (each && compareDecimals(each, most) > 0 ? each : most),
          zero,
        ),
      };
    }),
  };
}
