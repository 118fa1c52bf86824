import Big from 'big.js';
import type { Json } from '#canonical/json.ts';
import { computed } from './object-rules.ts';
import type { OrgOptions } from './org-options.ts';
import type { RecordStore } from './record-store.ts';
import type { EmulatedRecord } from './schema.ts';

/** What the journal tells of a record: its external id, and what a checker asks of it. */
export function effectOf(
  store: RecordStore,
  options: OrgOptions,
  object: string,
  record: Readonly<EmulatedRecord>,
): { readonly key: string; readonly data: Record<string, Json> } {
  const external = options.externalIdField === null ? null : record[options.externalIdField];
  const parent = (id: Json | undefined, of: string): Json =>
    typeof id === 'string' ? (store.get(of, id)?.[options.externalIdField ?? ''] ?? id) : null;
  const data: Record<string, Json> = { id: record.Id };
  if (object === 'Order') {
    const total = computed(store, options, 'Order', 'TotalAmount', record);
    Object.assign(data, {
      status: record['Status'] ?? null,
      account: parent(record['AccountId'], 'Account'),
      total: typeof total === 'number' ? new Big(total).toFixed() : null,
      currency: record['CurrencyIsoCode'] ?? null,
      custom: Object.fromEntries(
        Object.entries(record).filter(([name]) => name.endsWith('__c') && name !== options.externalIdField),
      ),
    });
  }
  if (object === 'OrderItem')
    Object.assign(data, {
      order: parent(record['OrderId'], 'Order'),
      quantity: record['Quantity'] ?? null,
      unitPrice: record['UnitPrice'] ?? null,
    });
  return { key: typeof external === 'string' ? external : record.Id, data };
}
