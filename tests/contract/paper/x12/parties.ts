import type { PartyRole } from '#canonical/party.ts';
import type { Identifier } from '#canonical/primitives.ts';
import { type Loop, required, type Segment } from './segments.ts';

/** N103: who made up the number. UL is a GLN; the others are somebody's own lists. */
const schemeOf = (qualifier: string) => (qualifier === 'UL' ? 'gln' : `x12-${qualifier.toLowerCase()}`);
const roles: Readonly<Record<string, string>> = {
  ST: 'ship-to',
  BT: 'bill-to',
  BY: 'buyer',
  SU: 'supplier',
  SF: 'ship-from',
  VN: 'vendor',
  Z7: 'mark-for',
  DE: 'depositor',
  WH: 'warehouse',
};

export type Role = PartyRole & { readonly role: string };

/** An N1 loop: a name or a number or both, with an address where one is given. */
export function partyOf({ head, at, rest }: Loop): Role {
  const code = required(head, 'N101', at);
  const name = head['N102'] ?? null;
  const of = (id: string): Segment | undefined =>
    rest.map(({ segment }) => segment).find((segment) => Object.keys(segment)[0]?.startsWith(id));
  const place = of('N4');
  const lines = rest.flatMap(({ segment }) =>
    [segment['N201'], segment['N301'], segment['N302']].filter((line) => line !== undefined),
  );
  const country = place?.['N404'] ?? null;
  const state = place?.['N402'] ?? null;
  const identifiers: Identifier[] =
    head['N104'] === undefined ? [] : [{ scheme: schemeOf(required(head, 'N103', at)), value: head['N104'] }];
  return {
    role: roles[code] ?? code,
    party:
      name === null
        ? null
        : {
            kind: 'company',
            ref: null,
            name,
            email: null,
            emailVerified: false,
            phone: null,
            language: null,
            location: null,
            contact: null,
            registrations: [],
          },
    address:
      lines.length === 0 && place === undefined
        ? null
        : {
            name: null,
            company: name,
            lines,
            city: place?.['N401'] ?? null,
            subdivision:
              (country === null || country === 'US') && state !== null && /^[A-Z]{2}$/.test(state)
                ? `US-${state}`
                : null,
            subdivisionName: state,
            postalCode: place?.['N403'] ?? null,
            country,
            phone: null,
          },
    identifiers,
  };
}

/** The party of a role, without the role's name. */
export function inRoleOf(parties: readonly Role[], role: string): PartyRole {
  const found = parties.find((party) => party.role === role);
  if (found === undefined) return { party: null, address: null };
  const { role: _, ...party } = found;
  return party;
}

/** Pairs of qualifier and number, as PO1, W01 and W12 have them from some element on. */
export function idsOf(segment: Segment, id: string, from: number, until: number): Identifier[] {
  const names: Readonly<Record<string, string>> = {
    UP: 'gtin',
    EN: 'gtin',
    UK: 'gtin',
    UI: 'gtin',
    UC: 'gtin',
    VN: 'vendor-item',
    VP: 'vendor-item',
    SK: 'seller-sku',
    BP: 'buyer-item',
    IN: 'buyer-item',
  };
  const found: Identifier[] = [];
  for (let at = from; at < until; at += 2) {
    const element = (position: number) => segment[`${id}${String(position).padStart(2, '0')}`];
    const [qualifier, value] = [element(at), element(at + 1)];
    if (qualifier !== undefined && value !== undefined)
      found.push({ scheme: names[qualifier] ?? `x12-${qualifier.toLowerCase()}`, value });
  }
  return found;
}

/** What we ourselves call the goods: we are the seller. */
export const skuOf = (identifiers: readonly Identifier[]): string | null =>
  (
    identifiers.find(({ scheme }) => scheme === 'seller-sku') ??
    identifiers.find(({ scheme }) => scheme === 'vendor-item')
  )?.value ?? null;

/** Segments that no field is made of go along as they are, with their place. */
export const kept = (
  segments: readonly { readonly segment: Segment; readonly at: number }[],
  ids: readonly string[],
) =>
  segments
    .filter(({ segment }) => ids.includes((Object.keys(segment)[0] ?? '').replace(/\d\d$/, '')))
    .map(({ segment }) => segment);
