import { minorUnits } from '../facts/minor-units.ts';
import { liveSales } from '../facts/erp-sale.ts';
import { current, isCancelled, type ShopOrder } from '../facts/shop-order.ts';
import { type Case, type Invariant, keyOf, type Tally } from './invariant.ts';

/**
 * I2, as far as it goes today: the order's total is the shop's in every system, to the minor unit, or an open reason says why not. What was captured
 * and refunded follows when payments are posted.
 */
export const sameTotals: Invariant = {
  name: 'I2',
  title: 'per order and currency, the totals in ERP and CRM are the shop’s, in minor units',
  check({ retailers }, tally) {
    for (const own of retailers)
      for (const order of own.orders.values()) {
        if (order.isTest) continue;
        inErp(own, order, tally);
        inCrm(own, order, tally);
      }
  },
};

function inErp(own: Case, order: ShopOrder, { checked, broken }: Tally): void {
  const key = keyOf(own, order.id);
  const [sale] = liveSales(own.sales.get(key));
  // A sale that is still open for a cancelled order is the business of I4; one that was never processed, of I1.
  if (sale === undefined || sale.processedAtMs === null || isCancelled(order)) return;
  checked();
  const { total, currency } = current(order);
  if (isSame(sale.total, sale.currency ?? currency, total, currency, sale.isAmended ? amendedMinor : 0))
    return;
  if (own.excuses(order.id, 'erp').length > 0) return;
  broken(
    own,
    'wrong-total-in-erp',
    key,
    `sale ${sale.id} has ${sale.total} ${sale.currency ?? ''}, the shop ${total} ${currency}`,
  );
}

function inCrm(own: Case, order: ShopOrder, { checked, broken }: Tally): void {
  const key = keyOf(own, order.id);
  const record = own.records.get(key);
  if (record === undefined) return;
  checked();
  const { currency } = current(order);
  const wanted = totalsFor(order);
  if (wanted.some((total) => isSame(record.total, record.currency ?? currency, total, currency))) return;
  if (own.excuses(order.id, 'crm').length > 0) return;
  broken(
    own,
    'wrong-total-in-crm',
    key,
    `the CRM has ${record.total} ${record.currency ?? ''}, the shop ${wanted.join(' or ')} ${currency}`,
  );
}

/** A cancelled order goes on showing what was ordered: as it was at any time before. */
const totalsFor = (order: ShopOrder): readonly string[] =>
  isCancelled(order) ? [...new Set(order.states.map(({ total }) => total))] : [current(order).total];

/** An amendment adds no line to a sale that has none for rounding, so that what taxes are rounded by stays. Minor units. */
const amendedMinor = 2;

function isSame(
  amount: string,
  currency: string,
  wanted: string,
  wantedCurrency: string,
  toleranceMinor = 0,
): boolean {
  const [minor, wantedMinor] = [minorUnits(amount, currency), minorUnits(wanted, wantedCurrency)];
  if (currency !== wantedCurrency || minor === null || wantedMinor === null) return false;
  return Math.abs(Number(minor) - Number(wantedMinor)) <= toleranceMinor;
}
