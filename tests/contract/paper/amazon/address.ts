import { z } from 'zod';
import type { Address } from '#canonical/party.ts';
import type { RequestedWindow } from '#canonical/primitives.ts';
import { instantOf, optionalText, rest } from '../reading.ts';

/** The v0 shape of an address; the 2026 shape has the same fields in lower case. */
export const addressSource = z.looseObject({
  Name: optionalText,
  CompanyName: optionalText,
  AddressLine1: optionalText,
  AddressLine2: optionalText,
  AddressLine3: optionalText,
  City: optionalText,
  StateOrRegion: optionalText,
  PostalCode: optionalText,
  CountryCode: z.string().length(2),
  Phone: optionalText,
});
export type AmazonAddress = z.infer<typeof addressSource>;

/** A US state has a code that ISO 3166-2 knows; elsewhere the field holds whatever people write. */
export function mapAmazonAddress(address: AmazonAddress): Address {
  const state = address.StateOrRegion;
  return {
    name: address.Name,
    company: address.CompanyName,
    lines: [address.AddressLine1, address.AddressLine2, address.AddressLine3].filter((line) => line !== null),
    city: address.City,
    subdivision:
      address.CountryCode === 'US' && state !== null && /^[A-Z]{2}$/.test(state) ? `US-${state}` : null,
    subdivisionName: state,
    postalCode: address.PostalCode,
    country: address.CountryCode,
    phone: address.Phone,
    extensions: {
      amazon: rest(address, [
        'Name',
        'CompanyName',
        'AddressLine1',
        'AddressLine2',
        'AddressLine3',
        'City',
        'StateOrRegion',
        'PostalCode',
        'CountryCode',
        'Phone',
      ]),
    },
  };
}

export function windowOf(
  kind: RequestedWindow['kind'],
  from: string | null,
  until: string | null,
  offset: string,
  [fromPath, untilPath]: readonly [string, string],
): RequestedWindow[] {
  if (from === null && until === null) return [];
  return [
    {
      kind,
      notBefore: from === null ? null : instantOf(from, offset, fromPath),
      notAfter: until === null ? null : instantOf(until, offset, untilPath),
    },
  ];
}
