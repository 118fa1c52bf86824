import type { CrmVersion } from '../facts/crm-order.ts';
import { isProcessed, liveSales } from '../facts/erp-sale.ts';
import { isCancelled, releasableAtMs, type ShopOrder } from '../facts/shop-order.ts';
import { type Case, type Invariant, keyOf, type Tally } from './invariant.ts';

/** How far an order is in the CRM. On hold is beside the way: it may come and go. */
const ranks: Readonly<Record<string, number>> = {
  captured: 0,
  released: 1,
  'partially-shipped': 2,
  shipped: 3,
  invoiced: 4,
  closed: 5,
};
/** What the shop does to an order that may take it back a step elsewhere: each once. */
const reversals: ReadonlySet<string> = new Set(['order.cancelled', 'order.edited', 'order.refunded']);

/** I4: at every system an order's state goes forward only, but for what the shop itself took back; and it ends where the shop's does. */
export const forwardOnly: Invariant = {
  name: 'I4',
  title: 'status goes forward at every system, but for declared reversals',
  check({ retailers }, tally) {
    for (const own of retailers)
      for (const order of own.orders.values()) {
        if (order.isTest) continue;
        tally.checked();
        inErp(own, order, tally);
        inCrm(own, order, tally);
        atShop(own, order, tally);
      }
  },
};

function inErp(own: Case, order: ShopOrder, { broken }: Tally): void {
  const key = keyOf(own, order.id);
  const sales = own.sales.get(key) ?? [];
  for (const what of sales.flatMap(({ illegal }) => illegal)) broken(own, 'illegal-step-in-erp', key, what);
  const fromMs = releasableAtMs(order);
  for (const { id, createdAtMs } of sales)
    if (fromMs === null || createdAtMs < fromMs)
      broken(own, 'released-unpaid', key, `sale ${id} was made before the shop let the order go`);
  const live = liveSales(sales);
  if (isCancelled(order) && live.length > 0 && own.excuses(order.id, 'erp').length === 0)
    broken(
      own,
      'cancelled-left-open',
      key,
      `sale ${live[0]?.id} stands although the shop cancelled the order, and nothing says why`,
    );
}

function inCrm(own: Case, order: ShopOrder, { broken }: Tally): void {
  const key = keyOf(own, order.id);
  const record = own.records.get(key);
  if (record === undefined) return;
  const sales = own.sales.get(key) ?? [];
  const [shipped, taken] = [
    sales.flatMap(({ shipments }) => shipments.map(({ atMs }) => atMs)),
    sales.flatMap(({ goneAtMs }) => goneAtMs ?? []),
  ];
  const declaredMs = [
    ...order.states.filter(({ event }) => reversals.has(event)).map(({ atMs }) => atMs),
    // The ERP let go of it: what was released is not any more.
    ...taken,
  ].sort((a, b) => a - b);
  let used = 0;
  let highest: { readonly status: string; readonly rank: number } | null = null;
  let cancelledAtMs: number | null = null;
  for (const { status, atMs } of record.versions) {
    if (status === null) continue;
    if (status === 'cancelled') {
      cancelledAtMs = atMs;
      if (!order.states.some((state) => state.cancelled && state.atMs <= atMs))
        broken(own, 'cancelled-too-early', key, 'the CRM shows it cancelled before the shop cancelled it');
      continue;
    }
    const rank = ranks[status];
    if (cancelledAtMs !== null && !shipped.some((leftMs) => leftMs <= atMs)) {
      broken(own, 'went-back-in-crm', key, `the CRM shows ${status} after cancelled, and no goods left`);
      continue;
    }
    if (rank === undefined) continue;
    if (highest !== null && rank < highest.rank) {
      const declared = declaredMs.filter((ms) => ms <= atMs).length;
      if (used < declared) used += 1;
      else broken(own, 'went-back-in-crm', key, `the CRM went back from ${highest.status} to ${status}`);
    }
    highest = { status, rank };
  }
  end(own, order, record.versions.at(-1), { broken });
}

/** Where it comes to rest must fit what the ERP did. */
function end(
  own: Case,
  order: ShopOrder,
  last: CrmVersion | undefined,
  { broken }: Pick<Tally, 'broken'>,
): void {
  const key = keyOf(own, order.id);
  const status = last?.status ?? null;
  if (status === null || own.excuses(order.id, 'crm').length > 0 || own.excuses(order.id, 'erp').length > 0)
    return;
  const live = liveSales(own.sales.get(key));
  const hasLeft = live.some(({ shipments }) => shipments.length > 0);
  const behind = (wanted: string): void =>
    broken(own, 'left-behind-in-crm', key, `the CRM still shows ${status}: ${wanted}`);
  if (hasLeft && (ranks[status] ?? 0) < 2) behind('goods have left');
  else if (isCancelled(order) && !hasLeft && order.fulfilments.length === 0 && status !== 'cancelled')
    behind('the shop cancelled the order');
  else if (!isCancelled(order) && status === 'captured' && live.some(isProcessed))
    behind('the ERP has it and processed it');
}

/** The shop is told of goods when they have left. */
function atShop(own: Case, order: ShopOrder, { broken }: Tally): void {
  const key = keyOf(own, order.id);
  const shipments = (own.sales.get(key) ?? []).flatMap((sale) => sale.shipments);
  for (const { mark, atMs } of order.fulfilments) {
    const shipment = shipments.find(({ marks }) => marks.includes(mark));
    if (shipment !== undefined && atMs < shipment.atMs)
      broken(own, 'told-too-early', key, `the shop shows ${mark} before it left`);
  }
}
