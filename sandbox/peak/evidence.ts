import type { Effect } from '#connector-testkit/effect-journal.ts';
import type { SlotUse } from '#connector-testkit/request-slots.ts';
import type { Backlog } from '#ops/backlog.ts';
import type { Tally } from '../demo/tally.ts';
import type { Happening } from './day.ts';
import type { Kind } from './order-of-the-day.ts';

/** One order as the journals tell it. Milliseconds since the epoch; null: never. */
export type OrderEvidence = {
  readonly id: string;
  readonly kind: Kind;
  readonly placedAtMs: number;
  cancelledAtMs: number | null;
  inCrmAtMs: number | null;
  /** When the ERP began to have it, and when the warehouse got it. */
  inErpAtMs: number | null;
  processedAtMs: number | null;
  takenBackAtMs: number | null;
};

/** When something of the day began or ended, and the ERP's slots in that moment. */
export type Mark = { readonly atMs: number; readonly slots: SlotUse };
/** What the product said of its backlog in a moment, and the slots then. */
export type Sample = Mark & { readonly backlog: readonly Backlog[] };

/** All that the goals are judged by. */
export type DayEvidence = {
  readonly begunAtMs: number;
  readonly orders: readonly OrderEvidence[];
  readonly marks: ReadonlyMap<`${Happening['what']}.${'begins' | 'ends'}`, Mark>;
  readonly samples: readonly Sample[];
  /** Every change that the CRM showed, and every order that the ERP took or took back. */
  readonly crmWritesAtMs: readonly number[];
  readonly erpWritesAtMs: readonly number[];
  readonly tally: Tally;
  readonly problems: number;
  readonly isAtRest: boolean;
  /** What stands still, by cause; exceptions that wait for nobody are among them. */
  readonly parkedByCause: Readonly<Record<string, number>>;
};

type Journals = {
  readonly shop: readonly Effect[];
  readonly erp: readonly Effect[];
  readonly crm: readonly Effect[];
  readonly day: readonly Effect[];
};

/** Reads the journals of the day's systems. `keyOf` is how ERP and CRM call the shop's order. */
export function readJournals(
  { shop, erp, crm, day }: Journals,
  keyOf: (id: string) => string,
): Pick<DayEvidence, 'begunAtMs' | 'orders' | 'marks' | 'crmWritesAtMs' | 'erpWritesAtMs'> {
  const kinds = new Map(
    day.flatMap(({ type, key, data }) =>
      type === 'order.planned' ? [[key, (data as { readonly kind: Kind }).kind] as const] : [],
    ),
  );
  const orders = new Map<string, OrderEvidence>();
  for (const { type, key, at } of shop) {
    if (type === 'order.placed')
      orders.set(keyOf(key), {
        id: key,
        kind: kinds.get(key) ?? 'standard',
        placedAtMs: Date.parse(at),
        cancelledAtMs: null,
        inCrmAtMs: null,
        inErpAtMs: null,
        processedAtMs: null,
        takenBackAtMs: null,
      });
    const order = orders.get(keyOf(key));
    if (type === 'order.cancelled' && order !== undefined) order.cancelledAtMs = Date.parse(at);
  }
  for (const { type, key, at } of crm) {
    const order = orders.get(key);
    if (type === 'order.created' && order !== undefined) order.inCrmAtMs ??= Date.parse(at);
  }
  for (const { type, key, at } of erp) {
    const order = orders.get(key);
    if (order === undefined) continue;
    if (type === 'sale.created') order.inErpAtMs ??= Date.parse(at);
    if (type === 'sale.processed') order.processedAtMs ??= Date.parse(at);
    if (type === 'sale.cancelled' || type === 'sale.deleted') order.takenBackAtMs = Date.parse(at);
  }
  const marks = new Map<string, Mark>();
  for (const { type, data, at } of day)
    if (/\.(?:begins|ends)$/.test(type))
      marks.set(type, { atMs: Date.parse(at), slots: (data as { readonly slots: SlotUse }).slots });
  const instants = (effects: readonly Effect[], types: readonly string[]): readonly number[] =>
    effects.flatMap(({ type, at }) => (types.includes(type) ? [Date.parse(at)] : []));
  return {
    begunAtMs: Date.parse(day.find(({ type }) => type === 'day.begun')?.at ?? ''),
    orders: [...orders.values()],
    marks: marks as DayEvidence['marks'],
    crmWritesAtMs: instants(crm, ['order.created', 'order.updated']),
    erpWritesAtMs: instants(erp, ['sale.processed', 'sale.cancelled']),
  };
}
