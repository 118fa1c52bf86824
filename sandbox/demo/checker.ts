import Big from 'big.js';
import type { Effect } from '#connector-testkit/effect-journal.ts';
import { type CrmOrder, crmOrders } from './crm-facts.ts';
import { type ErpSale, erpSales } from './erp-facts.ts';
import { type ShopOrder, shopOrders } from './shop-facts.ts';

/** What the systems of one retailer wrote down, and which of its orders the product says stand still. */
export type RetailerEvidence = {
  readonly retailer: string;
  /** The retailer's name for its shop: half of an order's key in ERP and CRM. */
  readonly shopConnection: string;
  readonly shop: readonly Effect[];
  readonly erp: readonly Effect[];
  readonly crm: readonly Effect[];
  /** Why, by the order's key. */
  readonly parked: ReadonlyMap<string, readonly string[]>;
};

export type ProblemKind =
  | 'lost-in-erp'
  | 'lost-in-crm'
  | 'lost-fulfilment'
  | 'duplicate-in-erp'
  | 'duplicate-in-crm'
  | 'duplicate-fulfilment'
  | 'wrong-total-in-erp'
  | 'wrong-total-in-crm'
  | 'wrong-fulfilment'
  | 'cancelled-left-open'
  | 'released-unpaid'
  | 'test-order-got-through'
  | 'from-nowhere';
export type Problem = {
  readonly kind: ProblemKind;
  readonly retailer: string;
  readonly order: string;
  readonly detail: string;
};

/** What became of one order. `waiting`: its payment is awaited, so that the ERP has no business with it yet. */
export type Fate = 'delivered' | 'cancelled' | 'rejected' | 'parked' | 'waiting' | 'amiss';

export type Verdict = {
  readonly retailer: string;
  readonly order: ShopOrder;
  readonly fate: Fate;
  readonly problems: readonly Problem[];
  /** In the ERP (or the CRM) exactly once, with the right total. */
  readonly inErp: boolean;
  readonly inCrm: boolean;
  readonly shipments: number;
  /** Shipments that the shop shows exactly once. */
  readonly fulfilled: number;
  /** From the shop's telling to the later of the effects in ERP and CRM. */
  readonly latencyMs: number | null;
};

/**
 * Holds what took effect in each system against what was ordered. Reads journals alone; that an order stands still excuses what is
 * missing, never what is there twice or wrong in an amount nobody was told of.
 */
export function check(evidence: RetailerEvidence): {
  readonly verdicts: readonly Verdict[];
  readonly strays: readonly Problem[];
} {
  const { retailer, shopConnection } = evidence;
  const orders = shopOrders(evidence.shop);
  const sales = erpSales(evidence.erp);
  const records = crmOrders(evidence.crm);
  const keyOf = (id: string): string => `order:${shopConnection}:${id}`;
  const verdicts = [...orders.values()].map((order) => {
    const key = keyOf(order.id);
    const causes = evidence.parked.get(key) ?? [];
    return judge(retailer, order, sales.get(key) ?? [], records.get(key) ?? null, causes.length > 0);
  });
  const known = new Set([...orders.keys()].map(keyOf));
  const strays = [...new Set([...sales.keys(), ...records.keys()])]
    .filter((key) => !known.has(key))
    .map((key): Problem => ({
      kind: 'from-nowhere',
      retailer,
      order: key,
      detail: 'no shop ever had this order',
    }));
  return { verdicts, strays };
}

function judge(
  retailer: string,
  order: ShopOrder,
  sales: readonly ErpSale[],
  record: CrmOrder | null,
  isParked: boolean,
): Verdict {
  const problems: Problem[] = [];
  const problem = (kind: ProblemKind, detail: string): void =>
    void problems.push({ kind, retailer, order: order.name, detail });
  /** What a person was told of already is no loss. */
  const missing = (kind: ProblemKind, detail: string): void => {
    if (!isParked) problem(kind, detail);
  };
  const live = sales.filter(({ isGone }) => !isGone);
  const [sale] = live;
  const isCancelled = order.cancelledAtMs !== null;
  const shipments = live.reduce((sum, each) => sum + each.shipments, 0);
  const told = [...order.fulfilments.values()];
  const fulfilled = Math.min(shipments, told.filter(({ times }) => times === 1).length);

  if (order.isTest) {
    if (sales.length > 0) problem('test-order-got-through', 'the ERP has it');
    if (record !== null) problem('test-order-got-through', 'the CRM has it');
  }
  for (const extra of live.slice(1))
    problem('duplicate-in-erp', `sale ${extra.id} beside sale ${sale?.id ?? ''}`);
  if (record !== null && record.made > 1) problem('duplicate-in-crm', `made ${record.made} times`);
  for (const [mark, { times }] of order.fulfilments)
    if (times > 1) problem('duplicate-fulfilment', `shipment ${mark} was told ${times} times`);
  if (told.length > shipments && sales.every(({ isGone }) => !isGone))
    problem('duplicate-fulfilment', `${told.length} fulfilments for ${shipments} shipments`);

  const isRightInErp =
    sale !== undefined && sale.processedAtMs !== null && sameAmount(sale.total, order.total);
  const crmTotal = isCancelled ? order.placedTotal : order.total;
  const isRightInCrm =
    record !== null &&
    sameAmount(record.total, crmTotal) &&
    (record.currency ?? order.currency) === order.currency;
  if (!order.isTest) {
    if (record === null) missing('lost-in-crm', 'the CRM never got it');
    else if (!isRightInCrm)
      missing(
        'wrong-total-in-crm',
        `${record.total} ${record.currency ?? ''}, not ${crmTotal} ${order.currency}`,
      );
    if (isCancelled) {
      for (const { id, processedAtMs } of live)
        missing(
          'cancelled-left-open',
          `sale ${id} is open (${processedAtMs === null ? 'draft' : 'processed'})`,
        );
    } else if (order.releasableAtMs === null) {
      if (sale !== undefined) problem('released-unpaid', `sale ${sale.id} before any payment`);
    } else if (sale === undefined || sale.processedAtMs === null) {
      missing(
        'lost-in-erp',
        sale === undefined ? 'the ERP never got it' : `sale ${sale.id} was never processed`,
      );
    } else if (!isRightInErp) {
      missing('wrong-total-in-erp', `${sale.total} in sale ${sale.id}, not ${order.total}`);
    }
    if (shipments > told.length)
      missing('lost-fulfilment', `the shop shows ${told.length} of ${shipments} shipments`);
    else if (told.length > 0 && told.length === shipments) {
      const [sent, shown] = [
        live.reduce((sum, each) => sum + each.shippedPieces, 0),
        told.reduce((sum, each) => sum + each.pieces, 0),
      ];
      if (sent !== shown) missing('wrong-fulfilment', `the shop shows ${shown} pieces, ${sent} left`);
    }
  }
  return {
    retailer,
    order,
    problems,
    fate: fateOf(order, problems.length > 0, isParked),
    inErp: isRightInErp && live.length === 1 && !isCancelled,
    inCrm: isRightInCrm && record.made === 1,
    shipments,
    fulfilled,
    latencyMs: latencyOf(order, isRightInErp && !isCancelled ? sale : undefined, record),
  };
}

function fateOf(order: ShopOrder, isAmiss: boolean, isParked: boolean): Fate {
  if (isAmiss) return 'amiss';
  if (isParked) return 'parked';
  if (order.isTest) return 'rejected';
  if (order.cancelledAtMs !== null) return 'cancelled';
  return order.releasableAtMs === null ? 'waiting' : 'delivered';
}

function latencyOf(
  { placedAtMs, releasableAtMs }: ShopOrder,
  sale: ErpSale | undefined,
  record: CrmOrder | null,
): number | null {
  const processedAtMs = sale?.processedAtMs ?? null;
  if (processedAtMs === null || record === null || releasableAtMs === null) return null;
  return Math.max(processedAtMs - releasableAtMs, record.madeAtMs - placedAtMs);
}

const sameAmount = (a: string, b: string): boolean => a !== '' && b !== '' && new Big(a).eq(b);
