import type { Effect } from '#connector-testkit/effect-journal.ts';
import { referenceOfKey } from '../platforms/netsuite-desk.ts';

/** One sale as the ERP's journal tells it. */
export type ErpSale = {
  readonly id: string;
  /** As it was when the warehouse got it; before that, as it was made. */
  total: string;
  /** When the warehouse got it. Milliseconds since the epoch. */
  processedAtMs: number | null;
  /** Taken back or deleted. */
  isGone: boolean;
  shipments: number;
  shippedPieces: number;
};

/** What an effect says of a sale, whichever ERP wrote it down. */
type Fact =
  | { readonly what: 'made' | 'handed-over' | 'changed'; readonly total: string | null }
  | { readonly what: 'made-and-handed-over'; readonly total: string | null }
  | { readonly what: 'gone' }
  | { readonly what: 'left'; readonly pieces: number };
type Told = { readonly id: string; readonly reference: string; readonly fact: Fact };

/** The sales under each reference, oldest first. */
export function erpSales(effects: readonly Effect[]): ReadonlyMap<string, readonly ErpSale[]> {
  const byReference = new Map<string, ErpSale[]>();
  const byId = new Map<string, ErpSale>();
  for (const effect of effects) {
    const told = trytonTold(effect) ?? netsuiteTold(effect);
    if (told === null) continue;
    const { id, reference, fact } = told;
    if (fact.what === 'made' || fact.what === 'made-and-handed-over') {
      const sale = {
        id,
        total: fact.total ?? '',
        processedAtMs: null,
        isGone: false,
        shipments: 0,
        shippedPieces: 0,
      };
      byId.set(id, sale);
      byReference.set(reference, [...(byReference.get(reference) ?? []), sale]);
    }
    const sale = byId.get(id);
    if (sale !== undefined) note(sale, fact, Date.parse(effect.at));
  }
  return byReference;
}

function note(sale: ErpSale, fact: Fact, atMs: number): void {
  switch (fact.what) {
    case 'made':
      return;
    case 'handed-over':
    case 'made-and-handed-over':
      sale.processedAtMs = atMs;
      sale.total = fact.total ?? sale.total;
      return;
    case 'changed':
      sale.total = fact.total ?? sale.total;
      return;
    case 'gone':
      sale.isGone = true;
      return;
    case 'left':
      sale.shipments += 1;
      sale.shippedPieces += fact.pieces;
  }
}

type TrytonData = {
  readonly sale: number;
  readonly total?: { readonly decimal: string };
  readonly lines?: readonly { readonly quantity: number }[];
};

function trytonTold({ type, key, data }: Effect): Told | null {
  const { sale, total, lines = [] } = data as TrytonData;
  const facts: Readonly<Record<string, Fact>> = {
    'sale.created': { what: 'made', total: total?.decimal ?? null },
    'sale.processed': { what: 'handed-over', total: total?.decimal ?? null },
    'sale.amended': { what: 'changed', total: total?.decimal ?? null },
    'sale.cancelled': { what: 'gone' },
    'sale.deleted': { what: 'gone' },
    'shipment.done': { what: 'left', pieces: lines.reduce((sum, { quantity }) => sum + quantity, 0) },
  };
  const fact = facts[type];
  return fact === undefined ? null : { id: String(sale), reference: key, fact };
}

type NetSuiteData = {
  readonly id: string;
  /** Of documents: the order they were made from. */
  readonly order?: string;
  readonly status?: string;
  readonly total?: string;
  readonly lines?: readonly { readonly quantity: string }[];
};

function netsuiteTold({ type, key, data }: Effect): Told | null {
  const { id, order, status = '', total = null, lines = [] } = data as NetSuiteData;
  // Pending approval is not the warehouse's; pending billing is where an order of services alone begins.
  const isHandedOver = ['B', 'F'].includes(status);
  const facts: Readonly<Record<string, Fact>> = {
    'salesOrder.created': { what: isHandedOver ? 'made-and-handed-over' : 'made', total },
    'salesOrder.changed': { what: isHandedOver ? 'handed-over' : 'changed', total },
    'salesOrder.closed': { what: 'gone' },
    'salesOrder.deleted': { what: 'gone' },
    'itemFulfillment.created': {
      what: 'left',
      pieces: lines.reduce((sum, { quantity }) => sum + Number(quantity), 0),
    },
  };
  const fact = facts[type];
  return fact === undefined ? null : { id: order ?? id, reference: referenceOfKey(key), fact };
}
