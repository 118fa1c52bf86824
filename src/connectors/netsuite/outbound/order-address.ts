import type { Address } from '#canonical/party.ts';
import type { JsonObject } from '#canonical/json.ts';
import { firstText } from './text.ts';

/** Countries whose states NetSuite keeps by code; elsewhere it is free text. */
const coded = ['US', 'CA', 'AU', 'MX', 'BR'];

/** An address as it stands on the order itself; the customer's address book is left alone. */
export function orderAddress(address: Address, country: string | null): JsonObject {
  const [addr1, addr2, ...more] = address.lines;
  const fields = {
    addressee: firstText(address.company, address.name),
    attention: address.company === null ? null : firstText(address.name),
    addr1: firstText(addr1),
    addr2: firstText(addr2),
    addr3: firstText(more.join(', ')),
    city: firstText(address.city),
    state: state(address),
    zip: firstText(address.postalCode),
    addrPhone: firstText(address.phone),
  };
  return {
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)),
    ...(country !== null && { country: { id: country } }),
  };
}

function state({ subdivision, subdivisionName, country }: Address): string | null {
  const code = subdivision?.slice(subdivision.indexOf('-') + 1) ?? null;
  return country !== null && coded.includes(country)
    ? firstText(code, subdivisionName)
    : firstText(subdivisionName, code);
}
