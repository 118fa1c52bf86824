import type { Json } from '#canonical/json.ts';
import { type Customer, customerSchema, type Party } from '#canonical/party.ts';
import type { ExternalRef } from '#canonical/primitives.ts';
import type { CustomerState } from './decide.ts';
import type { CustomerRecord } from './evidence.ts';

/** What one customer's state tells of who it is; null while no platform shows it, or any more. */
export function knownCustomer(
  entity: string,
  state: Json,
): {
  readonly record: CustomerRecord;
  readonly refs: readonly ExternalRef[];
  readonly merged: readonly ExternalRef[];
} | null {
  const { records, merged = [] } = state as CustomerState;
  // The platform that showed it last knows best.
  const shown = Object.entries(records)
    .filter(([, { type }]) => type !== 'record.deleted')
    .sort(([, a], [, b]) => (a.at < b.at ? 1 : -1));
  const refs = shown.flatMap(([, { ref }]) => (ref === undefined ? [] : [ref]));
  const newest = shown[0];
  const customer = newest === undefined ? null : customerSchema.safeParse(newest[1].data);
  if (newest === undefined || customer?.success !== true) return null;
  const connection = newest[0].slice(0, newest[0].indexOf('/'));
  return { record: recordOf(entity, connection, customer.data), refs, merged };
}

function recordOf(
  entity: string,
  connection: string,
  { party, memberships = [], madeFor }: Customer,
): CustomerRecord {
  return {
    entity,
    connection,
    kind: party.kind,
    isContact: memberships.length > 0,
    email: party.email === '' ? null : party.email,
    emailVerified: party.emailVerified,
    name: nameOf(party),
    madeFor: madeFor ?? null,
    registrations:
      party.kind === 'company'
        ? party.registrations.map(({ kind, country, number }) =>
            `${kind} ${country ?? ''} ${number.replaceAll(/[\s.-]/g, '').toUpperCase()}`.toLowerCase(),
          )
        : [],
  };
}

const nameOf = (party: Party): string | null => {
  const name =
    party.kind === 'company' ? party.name : [party.givenName, party.familyName].filter(Boolean).join(' ');
  return name === '' ? null : name;
};
