import { type Row, type Tryton, TrytonAnswer } from './rpc.ts';

/** What people in the warehouse and in accounting do, by JSON-RPC and without the connector. */

const shipments = 'stock.shipment.out';

/**
 * Picks, packs and sends a sale's goods, one parcel a tracking number: of all but the last shipment one piece of each line, the
 * rest in the last.
 */
export async function ship(tryton: Tryton, sale: number, tracking: readonly string[]): Promise<void> {
  for (const [index, number] of tracking.entries()) {
    const [next] = await waiting(tryton, sale);
    if (next === undefined) throw new Error(`sale ${sale} has no shipment that waits`);
    if (index < tracking.length - 1) await keepOnePiece(tryton, next);
    await send(tryton, next, number);
  }
  const left = await waiting(tryton, sale);
  if (left.length > 0) throw new Error(`sale ${sale} has goods left to send`);
}

async function keepOnePiece(tryton: Tryton, shipment: number): Promise<void> {
  const [row] = await tryton.read(shipments, [shipment], ['inventory_moves']);
  for (const move of (row?.['inventory_moves'] as readonly number[] | undefined) ?? [])
    await tryton.call('model.stock.move.write', [move], { quantity: 1 });
}

async function send(tryton: Tryton, shipment: number, tracking: string): Promise<void> {
  if ((await tryton.on(shipments, 'assign_try', [shipment])) !== true)
    throw new Error(`shipment ${shipment} could not be assigned`);
  await tryton.on(shipments, 'pick', [shipment]);
  const [row] = await tryton.read(shipments, [shipment], ['outgoing_moves', 'company']);
  await tryton.create('stock.package', {
    type: await packageType(tryton),
    shipment: `${shipments},${shipment}`,
    shipping_reference: tracking,
    company: row?.['company'] ?? null,
    moves: [['add', row?.['outgoing_moves'] ?? []]],
  });
  await confirming(tryton, () => tryton.on(shipments, 'pack', [shipment]));
  await tryton.on(shipments, 'done', [shipment]);
}

/** Posts the sale's draft invoices, dated today. */
export async function postInvoices(tryton: Tryton, sale: number): Promise<void> {
  const [row] = await tryton.read('sale.sale', [sale], ['invoices', 'sale_date']);
  const ids = (row?.['invoices'] as readonly number[] | undefined) ?? [];
  await tryton.call('model.account.invoice.write', [...ids], { invoice_date: row?.['sale_date'] ?? null });
  await confirming(tryton, () => tryton.on('account.invoice', 'post', ids));
}

async function waiting(tryton: Tryton, sale: number): Promise<readonly number[]> {
  const [row] = (await tryton.read('sale.sale', [sale], ['shipments.state'])) as readonly Row[];
  const known = (row?.['shipments.'] ?? []) as readonly { readonly id: number; readonly state: string }[];
  return known.flatMap(({ id, state }) => (state === 'waiting' ? [id] : []));
}

async function packageType(tryton: Tryton): Promise<number> {
  const [known] = await tryton.search('stock.package.type', []);
  return known ?? tryton.create('stock.package.type', { name: 'Box' });
}

/** Answers the warnings that a user would click away, such as a shipment without a carrier. */
async function confirming(tryton: Tryton, press: () => Promise<unknown>): Promise<void> {
  for (let warnings = 0; ; warnings += 1) {
    try {
      await press();
      return;
    } catch (error) {
      const warning =
        error instanceof TrytonAnswer ? (error.error as readonly [string, readonly string[]]) : null;
      if (warning?.[0] !== 'UserWarning' || warnings === 5) throw error;
      await tryton.create('res.user.warning', {
        user: tryton.userId,
        name: warning[1][0] ?? '',
        always: false,
      });
    }
  }
}
