import { isProcessed, liveSales } from './facts/erp-sale.ts';
import { minorUnits } from './facts/minor-units.ts';
import { current, isCancelled, releasableAtMs } from './facts/shop-order.ts';
import type { CurrencyTotals } from './findings.ts';
import { type Cases, keyOf } from './invariants/invariant.ts';

/** How many orders ended how; `amiss` are those for which an invariant is broken. */
export function orderFates(
  { retailers }: Cases,
  amiss: ReadonlySet<string>,
): Readonly<Record<string, number>> {
  const fates: Record<string, number> = {
    delivered: 0,
    cancelled: 0,
    'with an open reason': 0,
    rejected: 0,
    'payment awaited': 0,
    amiss: 0,
  };
  const count = (fate: keyof typeof fates): void => void (fates[fate] = (fates[fate] ?? 0) + 1);
  for (const own of retailers)
    for (const order of own.orders.values()) {
      const hasReason = (['erp', 'crm', 'shop'] as const).some(
        (system) => own.excuses(order.id, system).length > 0,
      );
      if (amiss.has(`${own.retailer} ${keyOf(own, order.id)}`)) count('amiss');
      else if (hasReason) count('with an open reason');
      else if (order.isTest) count('rejected');
      else if (isCancelled(order)) count('cancelled');
      else count(releasableAtMs(order) === null ? 'payment awaited' : 'delivered');
    }
  return fates;
}

/** The amounts of all orders that stand in the ERP, by retailer and currency, as each system has them. */
export function currencyTotals({ retailers }: Cases): readonly CurrencyTotals[] {
  const sums = new Map<string, { orders: number; shop: bigint; erp: bigint; crm: bigint }>();
  for (const own of retailers)
    for (const order of own.orders.values()) {
      const key = keyOf(own, order.id);
      const [sale] = liveSales(own.sales.get(key));
      const record = own.records.get(key);
      if (sale === undefined || !isProcessed(sale) || record === undefined || isCancelled(order)) continue;
      const { total, currency } = current(order);
      const name = `${own.retailer} ${currency}`;
      const sum = sums.get(name) ?? { orders: 0, shop: 0n, erp: 0n, crm: 0n };
      sum.orders += 1;
      sum.shop += minorUnits(total, currency) ?? 0n;
      sum.erp += minorUnits(sale.total, currency) ?? 0n;
      sum.crm += minorUnits(record.total, currency) ?? 0n;
      sums.set(name, sum);
    }
  return [...sums].map(([name, { orders, shop, erp, crm }]) => {
    const [retailer = '', currency = ''] = name.split(' ');
    return {
      retailer,
      currency,
      orders,
      shopMinor: String(shop),
      erpMinor: String(erp),
      crmMinor: String(crm),
    };
  });
}
