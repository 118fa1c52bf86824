import { z } from 'zod';
import type { Json } from '#canonical/json.ts';
import { type Rpc, type TrytonClient, TrytonFailure } from '../client.ts';
import type { AddressRequest, OrderCreateRequest, PartyRequest } from '../outbound/request.ts';
import { rejected } from './failures.ts';
import { findIds, requireIds } from './master-data.ts';

export type SaleParty = {
  readonly party: number;
  readonly invoiceAddress: number;
  readonly shipmentAddress: number;
};

const nullableText = z.string().nullable();
const addressSchema = z.object({
  id: z.int(),
  party_name: nullableText,
  street: nullableText,
  postal_code: nullableText,
  city: nullableText,
  country: z.int().nullable(),
  subdivision: z.int().nullable(),
});
const partySchema = z.object({ id: z.int(), code: z.string(), 'addresses.': z.array(addressSchema) });
type KnownParty = z.infer<typeof partySchema>;
type AddressValues = Omit<z.infer<typeof addressSchema>, 'id'>;

/**
 * The order's party with its two addresses, made where missing. A party that Tryton has is never changed: it owns them.
 * An accountant links an existing party to a customer by giving it our code as an identifier.
 */
export async function saleParty(
  rpc: Rpc,
  client: TrytonClient,
  request: Pick<OrderCreateRequest, 'party' | 'invoiceAddress' | 'shipmentAddress'>,
): Promise<SaleParty> {
  const wanted = await addressValues(rpc, client, [request.invoiceAddress, request.shipmentAddress]);
  const party =
    (await findParty(rpc, request.party.code)) ?? (await makeParty(rpc, request.party, unlike(wanted)));
  const ids: number[] = [];
  for (const values of wanted) ids.push(addressIn(party, values) ?? (await makeAddress(rpc, party, values)));
  return { party: party.id, invoiceAddress: ids[0] as number, shipmentAddress: ids[1] as number };
}

/** The same without making anything: null where the party or one of its addresses is still to be made. */
export async function knownSaleParty(
  rpc: Rpc,
  client: TrytonClient,
  request: Pick<OrderCreateRequest, 'party' | 'invoiceAddress' | 'shipmentAddress'>,
): Promise<SaleParty | null> {
  const wanted = await addressValues(rpc, client, [request.invoiceAddress, request.shipmentAddress]);
  const party = await findParty(rpc, request.party.code);
  if (party === null) return null;
  const [invoiceAddress = null, shipmentAddress = null] = wanted.map((values) => addressIn(party, values));
  return invoiceAddress === null || shipmentAddress === null
    ? null
    : { party: party.id, invoiceAddress, shipmentAddress };
}

async function findParty(rpc: Rpc, code: string): Promise<KnownParty | null> {
  const domain = ['OR', ['code', '=', code], ['identifiers.code', '=', code]];
  const fields = [
    'code',
    'addresses.party_name',
    'addresses.street',
    'addresses.postal_code',
    'addresses.city',
    'addresses.country',
    'addresses.subdivision',
  ];
  const rows = z
    .array(partySchema)
    .parse(await rpc.read('model.party.party.search_read', domain, 0, 2, [['id', 'ASC']], fields));
  if (rows.length > 1)
    throw rejected(
      'duplicate-party',
      `parties ${rows.map(({ id }) => id).join(' and ')} both stand for ${code}`,
    );
  return rows[0] ?? null;
}

async function makeParty(
  rpc: Rpc,
  request: PartyRequest,
  addresses: readonly AddressValues[],
): Promise<KnownParty> {
  const mechanisms = [
    ...(request.email === null ? [] : [{ type: 'email', value: request.email }]),
    ...(request.phone === null ? [] : [{ type: phoneType(request.phone), value: request.phone }]),
  ];
  try {
    await rpc.write('model.party.party.create', [
      {
        name: request.name,
        code: request.code,
        addresses: [['create', addresses]],
        contact_mechanisms: [['create', mechanisms]],
        identifiers: [['create', request.registrations.map((code) => ({ code }))]],
      },
    ]);
  } catch (error) {
    // The code is unique: somebody may have made the party between our look and our write. The text is not ours to read.
    const other =
      error instanceof TrytonFailure && error.outcome.kind === 'rejected'
        ? await findParty(rpc, request.code)
        : null;
    if (other === null) throw error;
    return other;
  }
  const made = await findParty(rpc, request.code);
  if (made === null)
    throw rejected('party-unreadable', `the party ${request.code} was made but the user may not read it`);
  return made;
}

/** Where the library `phonenumbers` is installed, Tryton refuses a phone number that it cannot read; as `other` it takes any. */
const phoneType = (phone: string): string =>
  /^\+[1-9]\d{7,14}$/.test(phone.replace(/[\s()-]/g, '')) ? 'phone' : 'other';

async function makeAddress(rpc: Rpc, party: KnownParty, values: AddressValues): Promise<number> {
  const [id] = z
    .tuple([z.int()])
    .parse(await rpc.write('model.party.address.create', [{ party: party.id, ...values }]));
  party['addresses.'].push({ id, ...values });
  return id;
}

async function addressValues(
  rpc: Rpc,
  client: TrytonClient,
  addresses: readonly AddressRequest[],
): Promise<readonly AddressValues[]> {
  const countryId = await requireIds(
    rpc,
    client,
    'country',
    addresses.flatMap(({ country }) => (country === null ? [] : [country])),
  );
  const subdivisions = await findIds(
    rpc,
    client,
    'subdivision',
    addresses.flatMap(({ subdivision }) => (subdivision === null ? [] : [subdivision])),
  );
  return addresses.map((address) => ({
    party_name: address.partyName,
    street: address.street,
    postal_code: address.postalCode,
    city: address.city,
    country: address.country === null ? null : countryId(address.country),
    subdivision: address.subdivision === null ? null : (subdivisions.get(address.subdivision) ?? null),
  }));
}

function addressIn(party: KnownParty, wanted: AddressValues): number | null {
  return party['addresses.'].find((known) => sameAddress(known, wanted))?.id ?? null;
}

/** Tryton keeps an empty text as an empty text or as null, depending on who wrote it. */
function sameAddress(known: AddressValues, wanted: AddressValues): boolean {
  const plain = (values: AddressValues): Json[] =>
    [
      values.party_name,
      values.street,
      values.postal_code,
      values.city,
      values.country,
      values.subdivision,
    ].map((value) => (value === '' ? null : value));
  return JSON.stringify(plain(known)) === JSON.stringify(plain(wanted));
}

function unlike(wanted: readonly AddressValues[]): readonly AddressValues[] {
  return wanted.filter((values, index) => wanted.findIndex((other) => sameAddress(other, values)) === index);
}
