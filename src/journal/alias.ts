import type { CanonicalEvent } from '#canonical/event.ts';
import type { Order } from '#canonical/order.ts';
import type { Party } from '#canonical/party.ts';
import { blindIndex, type MasterKey } from './sealed-box.ts';

/**
 * The names by which people will look for the record of this event: numbers of orders, documents and parcels in small letters, and
 * e-mail addresses only as keyed hashes.
 */
export function aliasesOf(master: MasterKey, event: CanonicalEvent): readonly string[] {
  const emails = (parties: readonly (Party | null)[]): readonly string[] =>
    [...new Set(parties.flatMap(emailsIn))].map((email) => blindIndex(master, 'email', email));
  switch (event.type) {
    case 'order.observed': {
      const { number, poNumber, shipments, soldTo, billTo, shipTo } = event.data;
      return [
        ...names([number, poNumber, ...shipments.flatMap(numbersOf)]),
        ...new Set(emails([soldTo.party, billTo.party, shipTo.party])),
      ];
    }
    case 'shipment.observed':
      return names(numbersOf(event.data));
    case 'erp-order.observed':
    case 'invoice.observed':
    case 'crm-order.observed':
    case 'quote.observed':
    case 'case.observed':
      return names([event.data.number]);
    case 'customer.observed':
      return emails([event.data.party]);
    default:
      return [];
  }
}

const numbersOf = (shipment: Order['shipments'][number]): readonly (string | null)[] => [
  shipment.number,
  ...shipment.packages.map(({ trackingNumber }) => trackingNumber),
];

function emailsIn(party: Party | null): readonly string[] {
  const contact = party?.kind === 'company' ? party.contact : null;
  return [party?.email, contact?.email].flatMap((email) => (email ? [email] : []));
}

const names = (texts: readonly (string | null)[]): readonly string[] => [
  ...new Set(
    texts.flatMap((text) => (text === null || text.trim() === '' ? [] : [text.trim().toLowerCase()])),
  ),
];
