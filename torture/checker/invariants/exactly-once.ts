import { orderIn } from '../evidence/evidence.ts';
import { liveSales } from '../facts/erp-sale.ts';
import { isCancelled, releasableAtMs, type ShopOrder } from '../facts/shop-order.ts';
import { type Case, type Invariant, keyOf, type Tally } from './invariant.ts';

/** I1: every order that a shop shows is once in the ERP and once in the CRM, or an open reason says why not; so are shipments at the shop. */
export const exactlyOnce: Invariant = {
  name: 'I1',
  title: 'each accepted order exactly once in the ERP and the CRM, each shipment once at the shop',
  check({ retailers }, tally) {
    for (const own of retailers) {
      for (const order of own.orders.values()) {
        tally.checked();
        inErp(own, order, tally);
        inCrm(own, order, tally);
        atShop(own, order, tally);
      }
      fromNowhere(own, retailers, tally);
    }
  },
};

function inErp(own: Case, order: ShopOrder, { broken }: Tally): void {
  const key = keyOf(own, order.id);
  const live = liveSales(own.sales.get(key));
  const [sale] = live;
  for (const extra of live.slice(1))
    broken(own, 'duplicate-in-erp', key, `sale ${extra.id} stands beside sale ${sale?.id}`);
  if (order.isTest) {
    if (own.sales.has(key)) broken(own, 'test-order-got-through', key, 'the ERP has a test order');
    return;
  }
  if (isCancelled(order) || releasableAtMs(order) === null || own.excuses(order.id, 'erp').length > 0) return;
  if (sale === undefined) broken(own, 'lost-in-erp', key, 'the ERP has not got it, and nothing says why');
  else if (sale.processedAtMs === null)
    broken(own, 'lost-in-erp', key, `sale ${sale.id} was never processed, and nothing says why`);
}

function inCrm(own: Case, order: ShopOrder, { broken }: Tally): void {
  const key = keyOf(own, order.id);
  const record = own.records.get(key);
  if (order.isTest) {
    if (record !== undefined) broken(own, 'test-order-got-through', key, 'the CRM has a test order');
  } else if (record === undefined || record.made === 0) {
    if (own.excuses(order.id, 'crm').length === 0)
      broken(own, 'lost-in-crm', key, 'the CRM has not got it, and nothing says why');
  } else if (record.made > 1) broken(own, 'duplicate-in-crm', key, `the CRM made it ${record.made} times`);
}

/** What left is shown once, what did not leave is not shown. */
function atShop(own: Case, order: ShopOrder, { broken }: Tally): void {
  const key = keyOf(own, order.id);
  const shipments = (own.sales.get(key) ?? []).flatMap((sale) => sale.shipments);
  const shown = Map.groupBy(order.fulfilments, ({ mark }) => mark);
  const left = new Set<string>(shown.keys());
  const untold: string[] = [];
  for (const { id, marks, pieces } of shipments) {
    const mark = marks.find((each) => shown.has(each));
    if (mark === undefined) {
      untold.push(id);
      continue;
    }
    left.delete(mark);
    const told = (shown.get(mark) ?? []).reduce((sum, each) => sum + each.pieces, 0);
    // One shipment may take several fulfilments, one for each place that the shop ships from; together they are what left.
    if (told > pieces)
      broken(
        own,
        'duplicate-fulfilment',
        key,
        `the shop shows ${told} pieces of shipment ${id}, ${pieces} left`,
      );
    else if (told < pieces && own.excuses(order.id, 'shop').length === 0)
      broken(own, 'lost-fulfilment', key, `the shop shows ${told} of ${pieces} pieces of shipment ${id}`);
  }
  for (const mark of left)
    broken(own, 'fulfilment-from-nowhere', key, `the shop shows a fulfilment ${mark}: no such shipment left`);
  const isExcused = own.excuses(order.id, 'shop').length > 0 || own.excuses(order.id, 'erp').length > 0;
  if (untold.length > 0 && !isExcused)
    broken(own, 'lost-fulfilment', key, `the shop was not told of shipment ${untold.join(', ')}`);
}

/** Orders that no shop ever had. Those of another retailer's shop are the business of I10. */
function fromNowhere(own: Case, retailers: readonly Case[], { broken }: Tally): void {
  for (const key of new Set([...own.sales.keys(), ...own.records.keys()])) {
    const order = orderIn(key);
    if (order !== null && retailers.some(({ orders }) => orders.has(order.id))) continue;
    broken(own, 'from-nowhere', key, 'no shop ever had this order');
  }
}
