import { moneyFromDecimal } from '#canonical/money.ts';
import { Comparison, type Findings } from './difference.ts';
import {
  isCancelled,
  isInErp,
  isShipped,
  orderedPieces,
  pieces,
  type PlacedOrder,
  shipmentsOf,
} from './placed-order.ts';
import { asText, decimalText, type Row, type Tryton } from './rpc.ts';

/** A sale as Tryton shows it. */
export type Sale = {
  readonly id: number;
  readonly number: string | null;
  readonly state: string;
  readonly invoiceNumbers: readonly string[];
};

const fields = [
  'reference',
  'number',
  'state',
  'description',
  'total_amount',
  'currency.code',
  'party.code',
  'payment_term.name',
  'lines.quantity',
  'lines.product.code',
  'lines.product.type',
  'shipments.state',
  'shipments.outgoing_moves.quantity',
  'shipments.outgoing_moves.product.code',
  'shipments.packages.shipping_reference',
  'invoices.state',
  'invoices.number',
  'invoices.total_amount',
] as const;

const rows = (value: unknown): readonly Row[] => (value ?? []) as readonly Row[];
const one = (value: unknown): Row => (value ?? {}) as Row;
const states = (value: unknown): string[] =>
  rows(value)
    .map(({ state }) => asText(state))
    .toSorted();
const quantities = (value: unknown): readonly string[] =>
  pieces(rows(value).map((row) => [asText(one(row['product.'])['code']), Number(row['quantity'])] as const));

/** Where every sale stands; cheap to ask. */
export async function saleStates(
  tryton: Tryton,
): Promise<readonly { readonly id: number; readonly reference: string | null; readonly state: string }[]> {
  const order = [['id', 'ASC']];
  return (await tryton.call('model.sale.sale.search_read', [], 0, null, order, [
    'reference',
    'state',
  ])) as never;
}

/** Reads Tryton, not the connector: each order is there once, with the right total, where it should be, and nothing else is. */
export async function checkErp(
  tryton: Tryton,
  orders: readonly PlacedOrder[],
): Promise<Findings & { readonly sales: ReadonlyMap<string, readonly Sale[]> }> {
  const found = new Comparison('erp');
  const all = rows(await tryton.call('model.sale.sale.search_read', [], 0, null, [['id', 'ASC']], fields));
  const byReference = Map.groupBy(all, (row) => (row['reference'] as string | null) ?? '');
  for (const order of orders) {
    const own = byReference.get(order.reference) ?? [];
    found.times(order.name, 'sales', isInErp(order) ? 1 : 0, own.length);
    const [sale] = own;
    if (sale !== undefined && isInErp(order)) checkSale(found, order, sale);
  }

  const known = new Set(orders.map(({ reference }) => reference));
  found.equal(
    'Tryton',
    'sales of no order',
    [],
    [...byReference.keys()].filter((reference) => !known.has(reference)),
  );
  const counted = async (model: string): Promise<number> =>
    (await tryton.call(`model.${model}.search_count`, [])) as number;
  const inErp = orders.filter(isInErp);
  found.equal('Tryton', 'invoices', inErp.length, await counted('account.invoice'));
  const shipments = inErp
    .filter((order) => orderedPieces(order).length > 0)
    .reduce((sum, { fate }) => sum + Math.max(1, shipmentsOf(fate)), 0);
  found.equal('Tryton', 'shipments', shipments, await counted('stock.shipment.out'));
  const parties = await tryton.search('party.party', [['code', 'like', '%/%']]);
  found.times('Tryton', 'parties that buy', new Set(inErp.map(({ buyer }) => buyer)).size, parties.length);
  return {
    ...findings(found),
    sales: new Map([...byReference].map(([reference, own]) => [reference, own.map(saleOf)])),
  };
}

function checkSale(found: Comparison, order: PlacedOrder, sale: Row): void {
  const { name, currency } = order;
  const minor = (printed: string): number => moneyFromDecimal('presentment', currency, printed).amountMinor;
  const equal = (what: string, expected: unknown, actual: unknown): void =>
    found.equal(name, what, expected, actual);
  equal('currency', currency, one(sale['currency.'])['code']);
  equal('total in minor units', minor(order.total), minor(decimalText(sale['total_amount'])));
  const { poNumber, netDays } = order.input;
  equal(
    'description',
    poNumber === undefined ? order.number : `${order.number} / PO ${poNumber}`,
    sale['description'],
  );
  equal(
    'payment term',
    netDays === undefined ? 'Immediate' : `Net ${netDays}`,
    one(sale['payment_term.'])['name'],
  );
  const goods = rows(sale['lines.']).filter((line) => one(line['product.'])['type'] === 'goods');
  equal('goods', orderedPieces(order), quantities(goods));

  // A sale that is taken back in process ends as done, with all that came of it cancelled.
  equal('state', isCancelled(order) ? 'done' : 'processing', sale['state']);
  const shipments = rows(sale['shipments.']);
  const isDelivery = orderedPieces(order).length > 0;
  const parts = shipmentsOf(order.fate);
  equal(
    'shipments',
    !isDelivery
      ? []
      : isCancelled(order)
        ? ['cancelled']
        : parts === 0
          ? ['waiting']
          : Array.from({ length: parts }, () => 'done'),
    states(shipments),
  );
  if (isShipped(order)) {
    equal(
      'goods that left',
      orderedPieces(order),
      quantities(shipments.flatMap((shipment) => rows(shipment['outgoing_moves.']))),
    );
    equal(
      'tracking numbers',
      [...order.tracking].toSorted(),
      shipments
        .flatMap((shipment) => rows(shipment['packages.']))
        .map((parcel) => asText(parcel['shipping_reference']))
        .toSorted(),
    );
  }
  const invoices = rows(sale['invoices.']);
  equal(
    'invoices',
    [isCancelled(order) ? 'cancelled' : isShipped(order) ? 'posted' : 'draft'],
    states(invoices),
  );
  for (const invoice of invoices)
    equal('invoice total in minor units', minor(order.total), minor(decimalText(invoice['total_amount'])));
}

function saleOf(row: Row): Sale {
  return {
    id: row['id'] as number,
    number: row['number'] as string | null,
    state: asText(row['state']),
    invoiceNumbers: rows(row['invoices.']).flatMap(({ number }) =>
      typeof number === 'string' ? [number] : [],
    ),
  };
}

const findings = ({ differences, lost, duplicated }: Comparison): Findings => ({
  differences,
  lost,
  duplicated,
});
