import type { Order } from '#canonical/order.ts';
import type { Address, Party, Person } from '#canonical/party.ts';
import { unmappable, type RenderContext } from '#connector-sdk/mapping.ts';
import type { RenderConfig } from '../config.ts';
import type { AddressRequest, PartyRequest } from './request.ts';

/** The party that buys: keyed by our customer, or a guest's own. */
export function saleParty(order: Order, config: RenderConfig): PartyRequest {
  const { party } = order.soldTo;
  const address = order.billTo.address ?? order.shipTo.address;
  const person = party?.kind === 'company' ? party.contact : party;
  const email = party?.email ?? person?.email ?? null;
  return {
    code: partyCode(order, party, email, config),
    name: firstText(party === null ? null : nameOf(party), address?.company, address?.name, email) ?? 'Guest',
    email,
    phone: party?.phone ?? person?.phone ?? address?.phone ?? null,
    registrations:
      party?.kind === 'company' ? party.registrations.map(({ kind, number }) => `${kind} ${number}`) : [],
  };
}

function partyCode(order: Order, party: Party | null, email: string | null, config: RenderConfig): string {
  if (party !== null && party.ref !== null)
    return `${party.ref.connection}/${party.ref.type}/${party.ref.id}`;
  return config.guests === 'email' && email !== null
    ? `guest/${email.trim().toLowerCase()}`
    : `guest/${order.id}`;
}

function nameOf(party: Party): string | null {
  return party.kind === 'company' ? party.name : personName(party);
}

const personName = ({ givenName, familyName }: Person): string | null =>
  firstText([givenName, familyName].filter((part) => part !== null).join(' '));

/** The invoice's and the shipment's address; where the source has only one, it serves both. */
export function saleAddresses(
  order: Order,
  context: RenderContext,
): { readonly invoice: AddressRequest; readonly shipment: AddressRequest } {
  const invoice = order.billTo.address ?? order.shipTo.address;
  const shipment = order.shipTo.address ?? order.billTo.address;
  if (invoice === null || shipment === null)
    throw unmappable(
      'order.shipTo.address',
      'Tryton quotes no sale without an address, and the order has none',
    );
  return {
    invoice: addressRequest(
      invoice,
      order.billTo.address === null ? 'order.shipTo.address' : 'order.billTo.address',
      context,
    ),
    shipment: addressRequest(
      shipment,
      order.shipTo.address === null ? 'order.billTo.address' : 'order.shipTo.address',
      context,
    ),
  };
}

function addressRequest(address: Address, path: string, context: RenderContext): AddressRequest {
  const { country } = address;
  return {
    partyName: firstText([address.company, address.name].filter((part) => part !== null).join(', ')),
    street: firstText(address.lines.join('\n')),
    postalCode: firstText(address.postalCode),
    city: firstText(address.city),
    country:
      country === null
        ? null
        : {
            code: context.crosswalkOptional('country', country) ?? country,
            path: `${path}.country`,
            table: 'country',
            key: country,
          },
    subdivision: address.subdivision,
  };
}

function firstText(...texts: readonly (string | null | undefined)[]): string | null {
  for (const text of texts) {
    const trimmed = text?.trim() ?? '';
    if (trimmed !== '') return trimmed;
  }
  return null;
}
