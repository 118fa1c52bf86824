import type { CanonicalEvent } from '#canonical/event.ts';
import { moneyFromDecimal } from '#canonical/money.ts';
import type { Case } from './orders.ts';
import { asText, decimalText, type Row, type Tryton } from './rpc.ts';

/** A difference between what should be and what Tryton itself says. */
export type Difference = {
  readonly case: string;
  readonly what: string;
  readonly expected: unknown;
  readonly found: unknown;
};

const pence = (printed: string): number => moneyFromDecimal('presentment', 'GBP', printed).amountMinor;
const states = (value: unknown): string[] =>
  (value as readonly { readonly state: string }[]).map(({ state }) => state).toSorted();

/** Reads Tryton, not the connector: each order exists once, with the right total, and is where it should be. */
export async function checkTryton(tryton: Tryton, cases: readonly Case[]): Promise<readonly Difference[]> {
  const differences: Difference[] = [];
  for (const one of cases) {
    const compare = comparer(differences, one.name);
    const rows = (await tryton.call(
      'model.sale.sale.search_read',
      [['reference', '=', one.order.id]],
      0,
      null,
      null,
      ['state', 'total_amount', 'party.code', 'shipments.state', 'invoices.state', 'invoices.total_amount'],
    )) as readonly Row[];
    compare('sales with the reference', 1, rows.length);
    const [sale] = rows;
    if (sale === undefined) continue;
    const total = one.order.totals.grand.presentment.amountMinor;
    compare('total in pence', total, pence(decimalText(sale['total_amount'])));
    compare(
      'state',
      { stays: 'processing', 'shipped-and-invoiced': 'processing', cancelled: 'done' }[one.fate],
      sale['state'],
    );
    compare(
      'shipments',
      { stays: ['waiting'], 'shipped-and-invoiced': ['done', 'done'], cancelled: ['cancelled'] }[one.fate],
      states(sale['shipments.']),
    );
    compare(
      'invoices',
      { stays: ['draft'], 'shipped-and-invoiced': ['posted'], cancelled: ['cancelled'] }[one.fate],
      states(sale['invoices.']),
    );
    for (const invoice of sale['invoices.'] as readonly Row[])
      compare('invoice total in pence', total, pence(decimalText(invoice['total_amount'])));
  }
  const parties = (await tryton.call(
    'model.party.party.search_read',
    [['code', 'like', '%/%']],
    0,
    null,
    null,
    ['code'],
  )) as readonly Row[];
  const codes = parties.map((party) => asText(party['code']));
  comparer(differences, 'parties')('one for each customer', [...new Set(codes)].toSorted(), codes.toSorted());
  const all = (await tryton.call('model.sale.sale.search_count', [])) as number;
  comparer(differences, 'sales')('as many as orders', cases.length, all);
  return differences;
}

/** What the pollers told agrees with it: status, quantities by our line ids, tracking numbers, invoice totals. */
export function checkEvents(
  events: readonly CanonicalEvent[],
  cases: readonly Case[],
  saleIds: ReadonlyMap<Case, number>,
): readonly Difference[] {
  const differences: Difference[] = [];
  for (const one of cases) {
    const compare = comparer(differences, one.name);
    const own = events.filter(({ subject }) => subject.ref.id === String(saleIds.get(one)));
    const status = own.flatMap((event) => (event.type === 'erp-order.observed' ? [event.data.status] : []));
    compare('status told', [one.fate === 'cancelled' ? 'cancelled' : 'processing'], status);
    const shipped = own.flatMap((event) =>
      event.type === 'shipment.observed' && event.data.status === 'shipped' ? [event.data] : [],
    );
    const sent = new Map<string, number>();
    for (const { lines } of shipped)
      for (const { lineId, quantity } of lines)
        sent.set(lineId ?? '?', (sent.get(lineId ?? '?') ?? 0) + Number(quantity));
    const ordered = new Map(
      one.fate === 'shipped-and-invoiced'
        ? one.order.lines.map(({ id, ordered: quantity }) => [id, Number(quantity)])
        : [],
    );
    compare('quantities sent by line', byLine(ordered), byLine(sent));
    compare(
      'parcels with a tracking number',
      one.fate === 'shipped-and-invoiced' ? 2 : 0,
      shipped.flatMap(({ packages }) => packages.filter(({ trackingNumber }) => trackingNumber !== null))
        .length,
    );
    const posted = own.flatMap((event) =>
      event.type === 'invoice.observed' && event.data.status === 'posted'
        ? [event.data.total.amountMinor]
        : [],
    );
    compare(
      'invoices told',
      one.fate === 'shipped-and-invoiced' ? [one.order.totals.grand.presentment.amountMinor] : [],
      posted,
    );
  }
  return differences;
}

const byLine = (quantities: ReadonlyMap<string, number>): readonly string[] =>
  [...quantities].map(([line, quantity]) => `${line}: ${quantity}`).toSorted();

function comparer(differences: Difference[], name: string) {
  return (what: string, expected: unknown, found: unknown): void => {
    if (JSON.stringify(expected) !== JSON.stringify(found))
      differences.push({ case: name, what, expected, found });
  };
}
