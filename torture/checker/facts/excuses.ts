import { keyOf, type RetailerEvidence } from '../evidence/evidence.ts';
import type { Parked } from '../evidence/records.ts';

export type System = 'shop' | 'erp' | 'crm';

/** It says that something is missing, not why: it excuses nothing. */
const alarms: ReadonlySet<string> = new Set(['missing-in-erp']);

/** Exceptions that are about the order in the ERP, and about nothing else. */
const ofErp: ReadonlySet<string> = new Set([
  'edited-after-release',
  'order-edit-not-applied',
  'address-changed-too-late',
  'erp-order-differs',
  'shipped-despite-edit',
  'held-after-release',
  'too-late-to-cancel',
  'cancelled-in-erp',
  'stock-short',
  'invoiced-more-than-ordered',
]);

/** Open reasons why an order is not in a system as it should be. */
export type Excuses = (order: string, system: System) => readonly Parked[];

/** What the product says stands still, by order and by the system that it holds up. A reason that names none may hold up any. */
export function excusesOf(evidence: RetailerEvidence): Excuses {
  const byEntity = Map.groupBy(evidence.parked ?? [], ({ entity }) => entity ?? '');
  return (order, system) =>
    (byEntity.get(keyOf(evidence, order)) ?? []).filter(
      (reason) => !alarms.has(reason.cause) && holdsUp(reason).includes(system),
    );
}

const all: readonly System[] = ['shop', 'erp', 'crm'];

function holdsUp({ kind, key, name, cause }: Parked): readonly System[] {
  if (kind === 'command') {
    if (name?.startsWith('erp.') === true) return ['erp'];
    if (name?.startsWith('crm.') === true) return ['crm'];
    return name?.startsWith('storefront.fulfillment') === true ? ['shop'] : all;
  }
  if (kind === 'message') return all;
  if (ofErp.has(cause)) return ['erp'];
  // An exception that watches a command is named after what the command was for.
  if (key.startsWith('command ERP')) return ['erp'];
  if (key.startsWith('command CRM')) return ['crm'];
  if (/^(command )?shipment/.test(key) || cause === 'shipment-mismatch') return ['shop'];
  return all;
}
