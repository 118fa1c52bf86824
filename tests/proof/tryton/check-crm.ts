import { moneyFromDecimal } from '#canonical/money.ts';
import type { Emulator } from '#connector-testkit/emulator.ts';
import type { EmulatedOrg } from '#connectors/salesforce/emulator/emulated-org.ts';
import type { Sale } from './check-erp.ts';
import { Comparison, type Findings } from './difference.ts';
import { isCancelled, isShipped, orderedPieces, pieces, type PlacedOrder } from './placed-order.ts';

/** Reads the CRM: each order is there once, with its total, where it stands, and what Tryton made of it. */
export function checkCrm(
  { journal, platform }: Pick<Emulator<EmulatedOrg>, 'journal' | 'platform'>,
  orders: readonly PlacedOrder[],
  sales: ReadonlyMap<string, readonly Sale[]>,
): Findings & { readonly orders: number } {
  const found = new Comparison('crm');
  const made = journal.counts('order.created');
  const items = Map.groupBy(platform.records('OrderItem'), (item) => text(item['OrderId']));
  for (const order of orders) {
    found.times(order.name, 'orders', 1, made.get(order.reference) ?? 0);
    const record = platform.find('Order', order.reference);
    if (record === undefined) continue;
    const equal = (what: string, expected: unknown, actual: unknown): void =>
      found.equal(order.name, what, expected, actual ?? null);
    const minor = (printed: string): number =>
      moneyFromDecimal('presentment', order.currency, printed).amountMinor;
    const [sale] = sales.get(order.reference) ?? [];
    equal('currency', order.currency, record['CurrencyIsoCode']);
    equal('total in minor units', minor(order.total), minor(text(record['TotalAmount'])));
    equal('purchase order', order.input.poNumber ?? null, record['PoNumber']);
    equal('status', statusOf(order), record['Shop_Status__c']);
    equal('number in the ERP', sale?.number ?? null, record['Erp_Number__c']);
    // In which order a list names them is not promised.
    equal('tracking numbers', [...order.tracking].toSorted(), listed(record['Tracking_Numbers__c']));
    if (isShipped(order))
      equal('invoice numbers', sale?.invoiceNumbers.toSorted(), listed(record['Invoice_Numbers__c']));
    equal('reason of the cancellation', isCancelled(order) ? 'customer' : null, record['Cancel_Reason__c']);
    const left = pieces(
      (items.get(record.Id) ?? []).flatMap((item) =>
        Number(item['Shipped__c'] ?? 0) === 0
          ? []
          : [[skuOf(platform, item), Number(item['Shipped__c'])] as const],
      ),
    );
    equal('goods that left', isShipped(order) ? orderedPieces(order) : [], left);
  }
  const known = new Set(orders.map(({ reference }) => reference));
  found.equal(
    'the CRM',
    'orders of nobody',
    [],
    [...made.keys()].filter((key) => !known.has(key)),
  );
  const accounts = platform.records('Account').length;
  found.times('the CRM', 'accounts', new Set(orders.map(({ buyer }) => buyer)).size, accounts);
  const { differences, lost, duplicated } = found;
  return { differences, lost, duplicated, orders: platform.records('Order').length };
}

const listed = (value: unknown): readonly string[] =>
  typeof value === 'string' && value !== '' ? value.split(', ').toSorted() : [];

function statusOf(order: PlacedOrder): string {
  if (isCancelled(order)) return 'cancelled';
  if (!isShipped(order)) return 'released';
  // On terms, nobody has paid yet.
  return order.input.payment === 'pending' ? 'invoiced' : 'closed';
}

/** A field's text or number; `?` for anything else. */
const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '?';

function skuOf(platform: EmulatedOrg, item: Readonly<Record<string, unknown>>): string {
  const entry = platform.records('PricebookEntry').find(({ Id }) => Id === item['PricebookEntryId']);
  const product = platform.records('Product2').find(({ Id }) => Id === entry?.['Product2Id']);
  return text(product?.['StockKeepingUnit'] ?? product?.['ProductCode']);
}
