import { createHash } from 'node:crypto';
import type { Order } from '#canonical/order.ts';
import type { Company, Party, Person } from '#canonical/party.ts';
import { addressFields } from './address-fields.ts';
import { caseSafe, recordKey } from './external-id.ts';
import { optionalText, type RenderScope, text } from './render-scope.ts';
import type { Fields, RecordPlan } from './request.ts';
import { standardLengths as max } from './standard-lengths.ts';

export type AccountAndContact = { readonly account: RecordPlan; readonly contact: RecordPlan | null };

/** The account an order belongs to, and the contact below it: who the order was sold to, never a bucket for many. */
export function accountOfOrder(scope: RenderScope, order: Order): AccountAndContact {
  const party = order.soldTo.party ?? order.billTo.party;
  const path = order.soldTo.party === null && party !== null ? 'order.billTo.party' : 'order.soldTo.party';
  return party?.kind === 'company'
    ? companyAccount(scope, order, party, path)
    : privateAccount(scope, order, party, path);
}

function companyAccount(scope: RenderScope, order: Order, company: Company, path: string): AccountAndContact {
  const key = company.ref === null ? caseSafe(`company:${order.id}`) : recordKey('company', company.ref);
  const account = planOf(scope, key, `${path}.ref.id`, {
    Name: text(scope, company.name, max.accountName, `${path}.name`),
    Phone: optionalText(scope, company.phone, max.phone, `${path}.phone`),
    ...accountAddresses(scope, order),
    RecordTypeId: scope.org.recordTypeIds.companyAccount,
  });
  const { contact } = company;
  if (contact === null) return { account, contact: null };
  // Within the company: a person who also buys privately, or for two companies, must not move from one account to another.
  const contactKey = `${key}/contact:${contact.ref === null ? guestIdentity(scope, order, contact.email) : caseSafe(contact.ref.id)}`;
  return { account, contact: contactPlan(scope, order, contact, contactKey, `${path}.contact`) };
}

function privateAccount(
  scope: RenderScope,
  order: Order,
  person: Person | null,
  path: string,
): AccountAndContact {
  const key = personKey(scope, order, person);
  const name = personName(scope, order, person, path);
  if (scope.org.accountModel === 'person') {
    const account = planOf(scope, key, `${path}.ref.id`, {
      ...name,
      PersonEmail: optionalText(scope, person?.email ?? null, max.email, `${path}.email`),
      Phone: optionalText(scope, person?.phone ?? null, max.phone, `${path}.phone`),
      ...accountAddresses(scope, order),
      RecordTypeId: scope.org.recordTypeIds.personAccount,
    });
    return { account, contact: null };
  }
  const account = planOf(scope, key, `${path}.ref.id`, {
    Name: [name.FirstName, name.LastName].filter((part) => part !== null).join(' '),
    Phone: optionalText(scope, person?.phone ?? null, max.phone, `${path}.phone`),
    ...accountAddresses(scope, order),
    RecordTypeId: scope.org.recordTypeIds.householdAccount,
  });
  return { account, contact: contactPlan(scope, order, person, key, path) };
}

function contactPlan(
  scope: RenderScope,
  order: Order,
  person: Person | null,
  key: string,
  path: string,
): RecordPlan {
  return planOf(scope, key, `${path}.ref.id`, {
    ...personName(scope, order, person, path),
    Email: optionalText(scope, person?.email ?? null, max.email, `${path}.email`),
    Phone: optionalText(scope, person?.phone ?? null, max.phone, `${path}.phone`),
    ...addressFields(scope, 'Mailing', order.shipTo.address ?? order.billTo.address, 'order.shipTo.address'),
    RecordTypeId: scope.org.recordTypeIds.contact,
  });
}

function accountAddresses(scope: RenderScope, order: Order): Fields {
  return {
    ...addressFields(scope, 'Billing', order.billTo.address, 'order.billTo.address'),
    ...addressFields(scope, 'Shipping', order.shipTo.address, 'order.shipTo.address'),
  };
}

function personKey(scope: RenderScope, order: Order, party: Party | null): string {
  if (party !== null && party.ref !== null) return recordKey('customer', party.ref);
  return caseSafe(`guest:${order.ref.connection}:`) + guestIdentity(scope, order, party?.email ?? null);
}

/** An e-mail address by its digest, since keys reach logs; a guest without one, or with one that many give, by order. */
function guestIdentity(scope: RenderScope, order: Order, email: string | null): string {
  const address = email?.trim().toLowerCase() ?? '';
  const shared = scope.org.sharedEmails.some((other) => other.trim().toLowerCase() === address);
  if (address === '' || shared || scope.org.guestIdentity === 'order') return caseSafe(order.id);
  return `mail:${createHash('sha256').update(address).digest('hex').slice(0, 40)}`;
}

type PersonName = { readonly FirstName: string | null; readonly LastName: string };

/** LastName is required: the family name, else what else is known of the person, else the retailer's word for nobody. */
function personName(scope: RenderScope, order: Order, person: Person | null, path: string): PersonName {
  const given = optionalText(scope, person?.givenName ?? null, max.personFirstName, `${path}.givenName`);
  const family = optionalText(scope, person?.familyName ?? null, max.personLastName, `${path}.familyName`);
  if (family !== null) return { FirstName: given, LastName: family };
  if (given !== null) return { FirstName: null, LastName: given };
  const written =
    optionalText(
      scope,
      order.billTo.address?.name ?? null,
      max.personLastName,
      'order.billTo.address.name',
    ) ??
    optionalText(
      scope,
      order.shipTo.address?.name ?? null,
      max.personLastName,
      'order.shipTo.address.name',
    ) ??
    optionalText(scope, person?.email ?? null, max.personLastName, `${path}.email`);
  return { FirstName: null, LastName: written ?? scope.org.unnamedPerson };
}

/** Nothing that is unknown is written: a blank of ours must not clear what the CRM knows. */
function planOf(scope: RenderScope, key: string, path: string, fields: Fields): RecordPlan {
  text(scope, key, max.externalId, path);
  const known = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
  const { RecordTypeId: _once, ...changing } = known;
  return { key, create: known, update: scope.org.existingAccounts === 'update' ? changing : null };
}
