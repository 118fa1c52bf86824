import { z } from 'zod';
import { decimal } from '#canonical/decimal.ts';
import type { JsonObject } from '#canonical/json.ts';
import type { CommandHandler } from '#connector-sdk/connector.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import { type Rpc, type TrytonClient, TrytonFailure } from '../client.ts';
import { encodeDate, encodeDecimal, encodeQuantity } from '../codec.ts';
import { lineNote } from '../line-note.ts';
import { orderConflictKeys, renderOrderCreate } from '../outbound/order-create.ts';
import type { OrderCreateRequest } from '../outbound/request.ts';
import { rejected } from './failures.ts';
import { requireIds } from './master-data.ts';
import { saleParty } from './party-record.ts';
import { press } from './press.ts';
import { settleTotal } from './sale-total.ts';
import {
  isCancelled,
  type SaleState,
  type SaleView,
  saleById,
  saleRef,
  saleResult,
  salesByReference,
} from './sale-view.ts';

/** The button that leads on from each state. `confirm` often processes too, in the same request or in a worker. */
const nextButton: { readonly [S in SaleState]?: string } = {
  draft: 'quote',
  quotation: 'confirm',
  confirmed: 'process',
};

/** `erp.order.create`: one sale, carried to where the warehouse sees it; resumes from whatever state it finds. */
export const createSale: CommandHandler<'erp.order.create', OrderCreateRequest, TrytonClient> = {
  name: 'erp.order.create',
  safety: { kind: 'lookup-first' },
  timeoutMs: 60_000,
  // A request whose caller is gone runs on to its commit; under load the slowest seen took 7.5 s.
  settleMs: 10_000,
  searchLagMs: 0,
  render: renderOrderCreate,
  conflictKeys: orderConflictKeys,

  async send(request, call, client): Promise<Outcome> {
    return client.attempt<Outcome>(call, async (rpc) => {
      const existing = await onlySale(rpc, request);
      const id = existing?.id ?? (await makeSale(rpc, client, request));
      const carried = await carry(rpc, client, id, request);
      return { kind: 'done', result: saleResult(carried), refs: [saleRef(client.connection, carried.id)] };
    });
  },

  async find(request, call, client): Promise<Found> {
    const found = await client.attempt<Found>(call, async (rpc) => {
      const sale = await onlySale(rpc, request);
      // Half carried is not there yet: `send` takes it up where it stands.
      if (sale === null || nextButton[sale.state] !== undefined) return { kind: 'absent' };
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

/** @throws TrytonFailure `rejected` when several carry the reference, or the one that does was taken back. */
async function onlySale(rpc: Rpc, { reference }: OrderCreateRequest): Promise<SaleView | null> {
  const sales = await salesByReference(rpc, reference);
  const [sale] = sales;
  if (sale === undefined) return null;
  if (sales.length > 1)
    throw rejected(
      'duplicate-reference',
      `sales ${sales.map(({ id, number }) => number ?? `#${id}`).join(', ')} all carry the reference ${reference}`,
    );
  if (isCancelled(sale))
    throw rejected('already-cancelled', `sale ${sale.number ?? sale.id} was cancelled in Tryton`);
  return sale;
}

async function makeSale(rpc: Rpc, client: TrytonClient, request: OrderCreateRequest): Promise<number> {
  const values = await saleValues(rpc, client, request);
  // Parties and addresses may stay without a sale: the next attempt finds them.
  rpc.settled();
  const [id] = z.tuple([z.int()]).parse(await rpc.write('model.sale.sale.create', [values]));
  return id;
}

/** Everything that the client program would fill in by on_change is sent: `create` runs none. */
async function saleValues(rpc: Rpc, client: TrytonClient, request: OrderCreateRequest): Promise<JsonObject> {
  const { lines } = request;
  const product = await requireIds(
    rpc,
    client,
    'product',
    lines.map((line) => line.product),
  );
  const unit = await requireIds(
    rpc,
    client,
    'unit',
    lines.map((line) => line.unit),
  );
  const tax = await requireIds(
    rpc,
    client,
    'tax',
    lines.flatMap((line) => line.taxes),
  );
  const currency = await requireIds(rpc, client, 'currency', [request.currency]);
  const warehouse = await requireIds(rpc, client, 'warehouse', [request.warehouse]);
  const term = await requireIds(
    rpc,
    client,
    'paymentTerm',
    request.paymentTerm === null ? [] : [request.paymentTerm],
  );
  const { party, invoiceAddress, shipmentAddress } = await saleParty(rpc, client, request);
  return {
    company: await rpc.company(),
    reference: request.reference,
    description: request.description,
    sale_date: encodeDate(request.saleDate),
    party,
    invoice_address: invoiceAddress,
    shipment_address: shipmentAddress,
    currency: currency(request.currency),
    warehouse: warehouse(request.warehouse),
    payment_term: request.paymentTerm === null ? null : term(request.paymentTerm),
    invoice_method: request.invoiceMethod,
    shipment_method: request.shipmentMethod,
    lines: [
      [
        'create',
        lines.map((line, index) => ({
          type: 'line',
          sequence: index + 1,
          product: product(line.product),
          description: line.description,
          quantity: encodeQuantity(decimal(line.quantity)),
          unit: unit(line.unit),
          unit_price: encodeDecimal(decimal(line.unitPrice)),
          taxes: [['add', line.taxes.map(tax)]],
          note: line.lineId === null ? null : lineNote(line.lineId),
        })),
      ],
    ],
  };
}

/**
 * Presses on until the sale is processed, and looks after each button, since an illegal one answers as a legal one does.
 * What the server refuses on the way is taken back, so that `rejected` means without effect.
 */
async function carry(
  rpc: Rpc,
  client: TrytonClient,
  id: number,
  request: OrderCreateRequest,
): Promise<SaleView> {
  try {
    let sale = stillThere(await saleById(rpc, id), id);
    if (sale.state === 'draft') sale = await settleTotal(rpc, client, sale, request);
    for (let button = nextButton[sale.state]; button !== undefined; button = nextButton[sale.state]) {
      const before: SaleState = sale.state;
      await press(rpc, client, 'sale.sale', button, [id]);
      sale = stillThere(await saleById(rpc, id), id);
      if (sale.state === before)
        throw new TrytonFailure({
          kind: 'conflict',
          stale: false,
          detail: `sale ${id} is still ${before} after ${button}`,
        });
    }
    return sale;
  } catch (error) {
    const isFinal =
      error instanceof TrytonFailure &&
      (error.outcome.kind === 'rejected' || error.outcome.kind === 'unmappable');
    if (isFinal && (await discard(rpc, client, id))) rpc.settled();
    throw error;
  }
}

/** Takes a sale back that was never processed; false when it is further. Harmless when it is gone. */
async function discard(rpc: Rpc, client: TrytonClient, id: number): Promise<boolean> {
  const sale = await saleById(rpc, id);
  if (sale === null) return true;
  if (nextButton[sale.state] === undefined) return false;
  if (sale.state === 'confirmed') await press(rpc, client, 'sale.sale', 'draft', [id]);
  await rpc.write('model.sale.sale.delete', [id]);
  return true;
}

function stillThere(sale: SaleView | null, id: number): SaleView {
  if (sale !== null) return sale;
  throw new TrytonFailure({ kind: 'conflict', stale: false, detail: `sale ${id} was deleted meanwhile` });
}
