import Big from 'big.js';
import type { Effect } from '../evidence/records.ts';

/** How the CRM showed an order after a write. */
export type CrmVersion = {
  readonly seq: number;
  readonly atMs: number;
  readonly status: string | null;
  /** What the buyer owes for it as it stands; exact decimal. */
  readonly grandTotal: string | null;
  readonly paymentState: string | null;
  readonly isCancelled: boolean | null;
};

/** An order as the CRM's journal tells it. */
export type CrmOrder = {
  readonly key: string;
  /** More than once: a second record under the same key. */
  made: number;
  readonly madeAtMs: number;
  currency: string | null;
  /** What its products come to, each rounded as the currency is. Exact decimal. */
  total: string;
  readonly versions: CrmVersion[];
};

type Item = { readonly order: string; readonly quantity: number; readonly unitPrice: number };
type Fields = {
  readonly id?: string;
  readonly currency?: string | null;
  readonly custom?: Readonly<Record<string, unknown>>;
};

/** The fields in which the retailers' orgs show what a standard order has no place for. */
const custom = {
  status: 'Status__c',
  grandTotal: 'Grand_Total__c',
  paymentState: 'Payment_State__c',
  cancelledAt: 'Cancelled_At__c',
} as const;

/** Every order of the CRM, by its key. Totals are added up from the products, since a change of those alone leaves the order's record as it was. */
export function crmOrders(effects: readonly Effect[]): ReadonlyMap<string, CrmOrder> {
  const orders = new Map<string, CrmOrder>();
  const items = new Map<string, Item>();
  for (const { seq, type, key, data, at } of effects) {
    const fields = data as Fields;
    if (type === 'order.created' || type === 'order.updated') {
      const known = orders.get(key) ?? {
        key,
        made: 0,
        madeAtMs: Date.parse(at),
        currency: null,
        total: '0',
        versions: [],
      };
      known.made += type === 'order.created' ? 1 : 0;
      known.currency = fields.currency ?? null;
      known.versions.push(versionOf(seq, Date.parse(at), fields.custom));
      orders.set(key, known);
    }
    // By its own id: two products under one key are two.
    const id = fields.id ?? key;
    if (type === 'orderitem.created' || type === 'orderitem.updated') items.set(id, data as unknown as Item);
    if (type === 'orderitem.deleted') items.delete(id);
  }
  const sums = new Map<string, Big>();
  for (const { order, quantity, unitPrice } of items.values())
    sums.set(order, (sums.get(order) ?? new Big(0)).plus(new Big(unitPrice).times(quantity)));
  for (const [key, sum] of sums) {
    const order = orders.get(key);
    if (order !== undefined) order.total = sum.toFixed();
  }
  return orders;
}

function versionOf(seq: number, atMs: number, fields: Fields['custom']): CrmVersion {
  const text = (name: string): string | null => {
    const value = fields?.[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  };
  return {
    seq,
    atMs,
    status: text(custom.status),
    grandTotal: text(custom.grandTotal),
    paymentState: text(custom.paymentState),
    isCancelled: fields === undefined ? null : text(custom.cancelledAt) !== null,
  };
}
