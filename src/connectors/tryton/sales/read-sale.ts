import { z } from 'zod';
import { currencySchema, moneyFromDecimal } from '#canonical/money.ts';
import type { Call } from '#connector-sdk/connector.ts';
import type { DocumentReading } from '#connector-sdk/document.ts';
import { type Rpc, type TrytonClient, TrytonFailure } from '../client.ts';
import { trytonDecimal, trytonQuantity } from '../codec.ts';
import { isCancelled, saleById, saleRef } from './sale-view.ts';

const moneySchema = z.object({
  total_amount: trytonDecimal,
  'currency.': z.object({ code: currencySchema }),
});
const lineSchema = z.object({
  type: z.string(),
  quantity: trytonQuantity.nullable(),
  'product.': z.object({ id: z.int(), code: z.string().nullable() }).nullable(),
});

/** A sale by its id, with its lines that are goods or services. */
export async function readSale(
  { type, id }: { readonly type: string; readonly id: string },
  call: Call,
  client: TrytonClient,
): Promise<DocumentReading> {
  if (type !== 'sale.sale') return { kind: 'absent' };
  const reading = await client.attempt<DocumentReading>(call, async (rpc) => {
    const sale = /^[1-9]\d{0,14}$/.test(id) ? await saleById(rpc, Number(id)) : null;
    if (sale === null) return { kind: 'absent' };
    const [money] = z
      .array(moneySchema)
      .parse(await rpc.read('model.sale.sale.read', [sale.id], ['total_amount', 'currency.code']));
    return {
      kind: 'found',
      document: {
        ref: saleRef(client.connection, sale.id),
        number: sale.number,
        isCancelled: isCancelled(sale),
        reference: sale.reference === '' ? null : sale.reference,
        total: money === undefined ? null : totalOf(money),
        lines: await linesOf(rpc, sale.id),
      },
    };
  });
  if (reading.kind === 'unmappable') throw new TypeError('a look maps nothing');
  return reading;
}

async function linesOf(rpc: Rpc, saleId: number) {
  const fields = ['type', 'quantity', 'product.code'];
  const rows = z
    .array(lineSchema)
    .parse(
      await rpc.read(
        'model.sale.line.search_read',
        [['sale', '=', saleId]],
        0,
        null,
        [['id', 'ASC']],
        fields,
      ),
    );
  return rows.flatMap(({ type, quantity, 'product.': product }) =>
    type !== 'line' || quantity === null
      ? []
      : [
          {
            names: product === null ? [] : [product.code, String(product.id)].filter((name) => name !== null),
            quantity,
          },
        ],
  );
}

function totalOf({ total_amount: total, 'currency.': { code } }: z.infer<typeof moneySchema>) {
  try {
    return moneyFromDecimal('presentment', code, total);
  } catch (error) {
    throw new TrytonFailure({
      kind: 'rejected',
      code: 'unexpected-answer',
      detail: `total_amount: ${error instanceof Error ? error.message : 'no amount'}`,
    });
  }
}
