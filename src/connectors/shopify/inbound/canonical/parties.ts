import type { Address, Party, PartyRole, Person } from '#canonical/party.ts';
import { shopifyRef } from '../../gid.ts';
import type { SourceAddress, SourceOrder } from '../source/source-order.ts';

/** Who bought: a company (with the person who ordered), a customer, a guest who left an address, or nobody (a POS sale). */
export function buyer(order: SourceOrder, connection: string): Party | null {
  const person = orderingPerson(order, connection);
  const { company } = order;
  if (company === null) return person;
  return {
    kind: 'company',
    ref: shopifyRef(connection, 'Company', company.id),
    email: person?.email ?? null,
    emailVerified: person?.emailVerified ?? false,
    phone: person?.phone ?? null,
    language: order.locale,
    name: company.name,
    location: {
      ref: shopifyRef(connection, 'CompanyLocation', company.location.id),
      name: company.location.name,
    },
    contact: person,
    registrations: [],
  };
}

function orderingPerson(order: SourceOrder, connection: string): Person | null {
  const { customer } = order;
  if (customer === null && order.email === null && order.phone === null) return null;
  return {
    kind: 'person',
    ref: customer === null ? null : shopifyRef(connection, 'Customer', customer.id),
    email: order.email ?? customer?.email ?? null,
    emailVerified: customer?.emailVerified ?? false,
    phone: order.phone ?? customer?.phone ?? null,
    language: order.locale,
    givenName: customer?.firstName ?? null,
    familyName: customer?.lastName ?? null,
  };
}

/** One role: the buyer at the given address. */
export const role = (party: Party | null, address: SourceAddress | null): PartyRole => ({
  party,
  address: address === null ? null : canonicalAddress(address),
});

/** An address; a province code that is no ISO 3166-2 part stays in `subdivisionName` alone. */
export function canonicalAddress(address: SourceAddress): Address {
  const country =
    address.countryCode !== null && /^[A-Z]{2}$/.test(address.countryCode) ? address.countryCode : null;
  const subdivision =
    country !== null && address.provinceCode !== null ? `${country}-${address.provinceCode}` : null;
  return {
    name: address.name,
    company: address.company,
    lines: [...address.lines],
    city: address.city,
    subdivision: subdivision !== null && /^[A-Z]{2}-[A-Z0-9]{1,3}$/.test(subdivision) ? subdivision : null,
    subdivisionName: address.province ?? address.provinceCode,
    postalCode: address.postalCode,
    country,
    phone: address.phone,
  };
}
