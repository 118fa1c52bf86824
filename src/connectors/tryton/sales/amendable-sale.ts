import { z } from 'zod';
import type { Rpc } from '../client.ts';
import { trytonDecimal } from '../codec.ts';
import { lineIdOf } from '../line-note.ts';
import { type SaleView, saleById } from './sale-view.ts';

const moveSchema = z.object({ id: z.int(), state: z.string(), quantity: z.number() });
const lineSchema = z.object({
  id: z.int(),
  product: z.int().nullable(),
  quantity: z.number().nullable(),
  unit: z.int().nullable(),
  unit_price: trytonDecimal.nullable(),
  description: z.string().nullable(),
  note: z.string().nullable(),
  'moves.': z.array(moveSchema),
});
const headSchema = z.object({
  party: z.int(),
  invoice_address: z.int().nullable(),
  shipment_address: z.int().nullable(),
  payment_term: z.int().nullable(),
});

/** One line of a sale as it is now. */
export type PresentLine = z.infer<typeof lineSchema> & { readonly lineId: string | null };
/** A sale with everything that an amendment may change. */
export type AmendableSale = {
  readonly view: SaleView;
  readonly head: z.infer<typeof headSchema>;
  readonly lines: readonly PresentLine[];
};

/** Null when there is no such sale (any more). */
export async function amendableSale(rpc: Rpc, id: number): Promise<AmendableSale | null> {
  const view = await saleById(rpc, id);
  if (view === null) return null;
  const fields = ['party', 'invoice_address', 'shipment_address', 'payment_term'];
  const [head] = z.tuple([headSchema]).parse(await rpc.read('model.sale.sale.read', [id], fields));
  const lines = z.array(lineSchema).parse(
    await rpc.read(
      'model.sale.line.search_read',
      [
        ['sale', '=', id],
        ['type', '=', 'line'],
      ],
      0,
      null,
      [['id', 'ASC']],
      ['product', 'quantity', 'unit', 'unit_price', 'description', 'note', 'moves.state', 'moves.quantity'],
    ),
  );
  return { view, head, lines: lines.map((line) => ({ ...line, lineId: lineIdOf(line.note) })) };
}
