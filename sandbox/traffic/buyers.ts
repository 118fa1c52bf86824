import type { OrderInput, PlacedAddress } from '#connectors/shopify/emulator/order-input.ts';
import type { SeededRandom } from '#connector-testkit/seeded-random.ts';
import { weighted } from './draw.ts';
import type { Company, Place, ShopProfile } from './shop-profile.ts';

const givenNames = [
  'Ada',
  'Bruno',
  'Chidi',
  'Dalia',
  'Emre',
  'Freya',
  'Goran',
  'Hana',
  'Ines',
  'Jonas',
  'Kofi',
  'Leila',
] as const;
const familyNames = [
  'Abbott',
  'Brennan',
  'Castillo',
  'Dubois',
  'Eriksen',
  'Fitzgerald',
  'Garcia',
  'Hughes',
  'Ito',
  'Jansen',
  "O'Neill",
  'Müller',
] as const;
const streets = ['Harbour Street', 'Mill Lane', 'Station Road', 'Elm Avenue', 'Quay Side'] as const;

/** Who buys, as the shop's order names them. */
export type Buyer = Pick<
  OrderInput,
  'customer' | 'email' | 'shippingAddress' | 'billingAddress' | 'company' | 'poNumber' | 'netDays'
> & { readonly place: Place };

/** A private buyer with an account, or a guest who left an address only. The same few hundred people come again and again. */
export function privateBuyer(random: SeededRandom, profile: ShopProfile, isGuest: boolean): Buyer {
  const place = weighted(random, profile.places);
  const [firstName, lastName] = [random.pick(givenNames), random.pick(familyNames)];
  const mailbox = `${firstName}.${lastName.replaceAll(/[^A-Za-z]/g, '')}`.toLowerCase();
  const email = `${mailbox}@${isGuest ? 'guest' : 'mail'}.example`;
  const address = addressAt(random, place, { firstName, lastName });
  return {
    place,
    email,
    customer: isGuest ? null : { firstName, lastName, email },
    shippingAddress: address,
    billingAddress: address,
  };
}

/** A company that orders on account, with its own purchase order number. */
export function companyBuyer(random: SeededRandom, profile: ShopProfile, company: Company): Buyer {
  const place =
    profile.places[profile.companies.indexOf(company) % profile.places.length] ??
    weighted(random, profile.places);
  const [firstName, lastName] = [random.pick(givenNames), random.pick(familyNames)];
  const email = `purchasing@${company.name.split(' ')[0]?.toLowerCase() ?? 'company'}.example`;
  const address = addressAt(random, place, { firstName, lastName, company: company.name });
  return {
    place,
    email,
    customer: { firstName, lastName, email },
    shippingAddress: address,
    billingAddress: address,
    company: { name: company.name, location: company.location },
    poNumber: `PO-${random.between(10_000, 99_999)}`,
    netDays: company.netDays,
  };
}

const addressAt = (
  random: SeededRandom,
  place: Place,
  name: Pick<PlacedAddress, 'firstName' | 'lastName' | 'company'>,
): PlacedAddress => ({
  ...place.address,
  ...name,
  address1: `${random.between(1, 180)} ${random.pick(streets)}`,
});
