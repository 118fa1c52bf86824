import fc from 'fast-check';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Order } from '#canonical/order.ts';
import {
  invoiceObserved,
  orderObserved,
  orderTouched,
  paymentObserved,
  shipmentObserved,
} from '#tests/builders/event-builder.ts';
import { buildOrder, type OrderSpec } from '#tests/builders/order-builder.ts';

/** What happened to one order, at all platforms, in its true order. */
export type OrderLife = {
  /** Every state the order went through at its source, the last one being how it is now. */
  readonly snapshots: readonly Order[];
  /** All that the platforms have to tell: later versions of a record make earlier ones dispensable. */
  readonly events: readonly { readonly event: CanonicalEvent; readonly dispensable: boolean }[];
  /** Whether the ERP lets go of the order when it is told to. */
  readonly tooLate: boolean;
};

const changes = ['note', 'address', 'more', 'hold', 'unhold', 'refused address', 'touch'] as const;
type Change = (typeof changes)[number];

/** Instants of one platform; the ERP's clock is an hour off, which must not matter. */
const shopAt = (step: number) => new Date(Date.parse('2026-11-24T10:00:00.000Z') + step * 1000).toISOString();
const erpAt = (step: number) => new Date(Date.parse('2026-11-24T09:00:00.000Z') + step * 1000).toISOString();

/** The ERP of these lives refuses orders to this postal code. */
export const refusedPostalCode = 'NOWHERE';

export const orderLife: fc.Arbitrary<OrderLife> = fc
  .record({
    quantities: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
    paidFirst: fc.boolean(),
    changes: fc.array(fc.constantFrom<Change>(...changes), { maxLength: 5 }),
    end: fc.constantFrom('shipped', 'part-shipped', 'cancelled', 'too-late' as const),
    invoiced: fc.boolean(),
  })
  .map(({ quantities, paidFirst, changes: wanted, end, invoiced }) => {
    let spec: OrderSpec = {
      payment: paidFirst ? 'paid' : 'pending',
      lines: quantities.map((quantity) => ({ quantity: String(quantity) })),
    };
    const snapshots: Order[] = [];
    const told: { event: CanonicalEvent; dispensable: boolean }[] = [];
    const snapshot = (change: Partial<OrderSpec>) => {
      spec = { ...spec, ...change };
      const order = buildOrder({ ...spec, at: shopAt(snapshots.length * 2) });
      snapshots.push(order);
      told.push({ event: orderObserved(order), dispensable: true });
    };
    snapshot({});
    for (const change of wanted) {
      if (change === 'touch')
        told.push({ event: orderTouched(shopAt(snapshots.length * 2 - 1)), dispensable: true });
      else snapshot(effectOf(change, spec));
    }
    if (!paidFirst) {
      snapshot({ payment: 'paid' });
      told.push({ event: paymentObserved({ at: shopAt(1), amountMinor: 1 }), dispensable: true });
    }
    snapshot({ address: {}, with: {} });
    if (end === 'cancelled' || end === 'too-late') snapshot({ cancelled: 'customer' });
    // The last word of the source always arrives, sooner or later.
    const last = told.findLast(({ event }) => event.type === 'order.observed');
    if (last !== undefined) last.dispensable = false;
    if (end !== 'cancelled') told.push(...deliveries(spec, end === 'part-shipped', invoiced));
    return { snapshots, events: told, tooLate: end === 'too-late' };
  });

function effectOf(change: Exclude<Change, 'touch'>, spec: OrderSpec): Partial<OrderSpec> {
  switch (change) {
    case 'note':
      return { with: { ...spec.with, note: 'ring twice' } };
    case 'address':
      return { address: { postalCode: 'SW1A 1AA' } };
    case 'refused address':
      return { address: { postalCode: refusedPostalCode } };
    case 'more':
      return {
        lines: (spec.lines ?? []).map((line, index) => (index === 0 ? { ...line, quantity: '5' } : line)),
      };
    case 'hold':
      return { with: { ...spec.with, holds: [{ kind: 'manual', note: null }] } };
    case 'unhold':
      return { with: { ...spec.with, holds: [] } };
  }
}

/** One shipment a line (or none for the last line), each through its states, and one invoice for all. */
function deliveries({ lines = [] }: OrderSpec, isPart: boolean, invoiced: boolean) {
  const shipped = lines.slice(0, isPart ? lines.length - 1 : lines.length);
  const shipments = shipped.flatMap(({ quantity = '1' }, index) =>
    (['planned', 'shipped', 'delivered'] as const).map((status, step) => ({
      event: shipmentObserved({
        id: `9${index}`,
        status,
        at: erpAt(index * 10 + step),
        lines: [{ lineId: `line-${index + 1}`, sku: `SKU-${index + 1}`, quantity }],
      }),
      dispensable: status !== 'delivered',
    })),
  );
  const totalMinor = lines.reduce((sum, { quantity = '1' }) => sum + Number(quantity) * 1000, 0);
  if (!invoiced || isPart) return shipments;
  return [...shipments, { event: invoiceObserved({ totalMinor, at: erpAt(100) }), dispensable: false }];
}
