import { z } from 'zod';
import type { Decimal } from '#canonical/decimal.ts';
import type { ExternalRef } from '#canonical/primitives.ts';
import type { Json } from '#canonical/json.ts';
import { type Rpc, TrytonFailure } from '../client.ts';
import { trytonDecimal } from '../codec.ts';

/** The states of `sale.sale` in 6.0. */
export const saleStates = ['draft', 'quotation', 'confirmed', 'processing', 'done', 'cancelled'] as const;
export type SaleState = (typeof saleStates)[number];

const related = z.array(z.object({ id: z.int(), state: z.string() }));

/** A sale with the states of what came of it. Tryton puts the fields of a relation under its name with a dot. */
export const saleViewSchema = z.object({
  id: z.int(),
  number: z.string().nullable(),
  reference: z.string().nullable(),
  state: z.enum(saleStates),
  untaxed_amount: trytonDecimal,
  tax_amount: trytonDecimal,
  total_amount: trytonDecimal,
  'shipments.': related,
  'invoices.': related,
});
export type SaleView = z.infer<typeof saleViewSchema>;

export const saleViewFields = [
  'number',
  'reference',
  'state',
  'untaxed_amount',
  'tax_amount',
  'total_amount',
  'shipments.state',
  'invoices.state',
] as const;

/** The sales under a reference, oldest first. `sale.reference` is not unique, so there may be several. */
export async function salesByReference(rpc: Rpc, reference: string): Promise<readonly SaleView[]> {
  const domain = [
    ['reference', '=', reference],
    ['company', '=', await rpc.company()],
  ];
  const rows = z
    .array(saleViewSchema)
    .parse(await rpc.read('model.sale.sale.search_read', domain, 0, null, [['id', 'ASC']], saleViewFields));
  return rows.filter((sale) => !isDiscarded(sale));
}

/** Null when there is no such sale (any more). Reads by id, which sees a new sale even where a search lags behind. */
export async function saleById(rpc: Rpc, id: number): Promise<SaleView | null> {
  try {
    const rows = z.array(saleViewSchema).parse(await rpc.read('model.sale.sale.read', [id], saleViewFields));
    return rows[0] ?? null;
  } catch (error) {
    // Reading a deleted record is an error of the user's, told apart by nothing but its text: a count decides.
    if (
      !(error instanceof TrytonFailure) ||
      error.outcome.kind !== 'rejected' ||
      error.outcome.code !== 'user-error'
    )
      throw error;
    if ((await rpc.read('model.sale.sale.search_count', [['id', '=', id]])) !== 0) throw error;
    return null;
  }
}

/** A draft that we took back before it got a number never was an order. */
const isDiscarded = ({ state, number }: SaleView): boolean => state === 'cancelled' && number === null;

/**
 * Tryton cannot cancel a sale that is being processed: taken back, it ends as `done` with every shipment and invoice
 * cancelled. Both count as cancelled.
 */
export function isCancelled(sale: {
  readonly state: string;
  readonly 'shipments.': z.infer<typeof related>;
  readonly 'invoices.': z.infer<typeof related>;
}): boolean {
  if (sale.state === 'cancelled') return true;
  const children = [...sale['shipments.'], ...sale['invoices.']];
  return sale.state === 'done' && children.length > 0 && children.every(({ state }) => state === 'cancelled');
}

export const saleRef = (connection: string, id: number): ExternalRef => ({
  connection,
  type: 'sale.sale',
  id: String(id),
});

/** What a command answers: the sale's number, where it stands, and its total as Tryton prints it. */
export function saleResult(sale: SaleView, total: Decimal = sale.total_amount): Json {
  return { number: sale.number, state: isCancelled(sale) ? 'cancelled' : sale.state, total };
}
