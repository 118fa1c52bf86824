import { z } from 'zod';
import type { CommandHandler } from '#connector-sdk/connector.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import { type Rpc, type TrytonClient, TrytonFailure } from '../client.ts';
import { renderOrderCancel } from '../outbound/order-cancel.ts';
import type { OrderCancelRequest } from '../outbound/request.ts';
import { rejected } from './failures.ts';
import { press } from './press.ts';
import { isCancelled, type SaleView, saleById, saleRef, saleResult, salesByReference } from './sale-view.ts';

/** `erp.order.cancel`: takes a sale back from wherever it stands; again is no harm. */
export const cancelSale: CommandHandler<'erp.order.cancel', OrderCancelRequest, TrytonClient> = {
  name: 'erp.order.cancel',
  safety: { kind: 'lookup-first' },
  timeoutMs: 60_000,
  settleMs: 10_000,
  searchLagMs: 0,
  render: renderOrderCancel,
  conflictKeys: ({ sale }) => [`sale.sale/${sale.by === 'id' ? sale.id : sale.reference}`],

  async send(request, call, client): Promise<Outcome> {
    return client.attempt<Outcome>(call, async (rpc) => {
      const sale = await theSale(rpc, request);
      const cancelled = await takeBack(rpc, client, sale);
      return { kind: 'done', result: saleResult(cancelled), refs: [saleRef(client.connection, sale.id)] };
    });
  },

  async find(request, call, client): Promise<Found> {
    const found = await client.attempt<Found>(call, async (rpc) => {
      const sale = await theSale(rpc, request);
      if (!isCancelled(sale)) return { kind: 'absent' };
      return {
        kind: 'found',
        outcome: { kind: 'done', result: saleResult(sale), refs: [saleRef(client.connection, sale.id)] },
      };
    });
    if (found.kind === 'rejected') return { kind: 'found', outcome: found };
    if (found.kind === 'unmappable') throw new TypeError('a look-up maps nothing');
    return found;
  },
};

async function theSale(rpc: Rpc, { sale }: OrderCancelRequest): Promise<SaleView> {
  const sales =
    sale.by === 'id' ? [await saleById(rpc, sale.id)] : await salesByReference(rpc, sale.reference);
  const [only] = sales;
  if (only === undefined || only === null)
    throw rejected(
      'not-found',
      sale.by === 'id' ? `there is no sale ${sale.id}` : `no sale carries the reference ${sale.reference}`,
    );
  if (sales.length > 1)
    throw rejected('duplicate-reference', `${sales.length} sales carry the reference of the order`);
  return only;
}

async function takeBack(rpc: Rpc, client: TrytonClient, sale: SaleView): Promise<SaleView> {
  if (isCancelled(sale)) return sale;
  if (sale.state === 'processing' || sale.state === 'done') await undoProcessing(rpc, client, sale);
  else {
    // From `confirmed` only `draft` leads back.
    if (sale.state === 'confirmed') await press(rpc, client, 'sale.sale', 'draft', [sale.id]);
    await press(rpc, client, 'sale.sale', 'cancel', [sale.id]);
  }
  const after = await saleById(rpc, sale.id);
  if (after !== null && isCancelled(after)) return after;
  throw new TrytonFailure({
    kind: 'conflict',
    stale: false,
    detail: `sale ${sale.id} is ${after?.state ?? 'gone'} after it was taken back`,
  });
}

/**
 * A sale in process has no button to cancel: its shipments and its invoices are cancelled, and the two exceptions that this
 * raises are closed without making anything anew. Each step looks at what is left, so that a cut attempt goes on.
 */
async function undoProcessing(rpc: Rpc, client: TrytonClient, sale: SaleView): Promise<void> {
  const tooFar = sale['shipments.'].find(
    ({ state }) => !(cancellable[client.config.cancelUntil] as readonly string[]).includes(state),
  );
  if (tooFar !== undefined)
    throw rejected('too-late', `shipment ${tooFar.id} of sale ${sale.number ?? sale.id} is ${tooFar.state}`);
  const posted = sale['invoices.'].find(({ state }) => state === 'posted' || state === 'paid');
  if (posted !== undefined)
    throw rejected('too-late', `invoice ${posted.id} of sale ${sale.number ?? sale.id} is ${posted.state}`);

  // Shipments first: from then on nobody picks it.
  const shipments = open(sale['shipments.']);
  if (shipments.length > 0) await press(rpc, client, 'stock.shipment.out', 'cancel', shipments);
  const invoices = open(sale['invoices.']);
  if (invoices.length > 0) await press(rpc, client, 'account.invoice', 'cancel', invoices);

  const moves = await cancelledMoves(rpc, sale.id);
  if (moves.length > 0)
    await runWizard(rpc, sale.id, 'sale.handle.shipment.exception', {
      domain_moves: moves,
      recreate_moves: [],
    });
  const cancelledInvoices = sale['invoices.'].map(({ id }) => id);
  if (cancelledInvoices.length > 0)
    await runWizard(rpc, sale.id, 'sale.handle.invoice.exception', {
      domain_invoices: cancelledInvoices,
      recreate_invoices: [],
    });
}

/** Of a picked shipment the goods stay in the output zone when it is cancelled: that is for people to decide. */
const cancellable = {
  assigned: ['draft', 'waiting', 'assigned', 'cancelled'],
  packed: ['draft', 'waiting', 'assigned', 'picked', 'packed', 'cancelled'],
} as const;

const open = (records: readonly { readonly id: number; readonly state: string }[]): readonly number[] =>
  records.filter(({ state }) => state !== 'cancelled').map(({ id }) => id);

async function cancelledMoves(rpc: Rpc, sale: number): Promise<readonly number[]> {
  const schema = z.array(z.object({ 'moves.': z.array(z.object({ id: z.int(), state: z.string() })) }));
  const lines = schema.parse(
    await rpc.read('model.sale.line.search_read', [['sale', '=', sale]], 0, null, null, ['moves.state']),
  );
  return lines
    .flatMap((line) => line['moves.'])
    .flatMap(({ id, state }) => (state === 'cancelled' ? [id] : []));
}

/** Both wizards have one form, `ask`, and one state behind it, `handle`. */
async function runWizard(
  rpc: Rpc,
  sale: number,
  name: string,
  form: { readonly [field: string]: readonly number[] },
): Promise<void> {
  const [id] = z.tuple([z.int(), z.string(), z.string()]).parse(await rpc.write(`wizard.${name}.create`));
  await rpc.writeWith(
    { active_model: 'sale.sale', active_id: sale, active_ids: [sale] },
    `wizard.${name}.execute`,
    id,
    { ask: form },
    'handle',
  );
  await rpc.write(`wizard.${name}.delete`, id);
}
