import type { JsonObject } from '#canonical/json.ts';
import type { Order } from '#canonical/order.ts';
import type { Party } from '#canonical/party.ts';
import type { RenderConfig } from '../config.ts';
import { externalKey } from './external-key.ts';
import type { CustomerRequest } from './request.ts';
import { firstText } from './text.ts';

/** Longest names that NetSuite takes. */
const mostInName = 32;
const mostInCompany = 83;

/** The customer that the order is booked on: keyed by our customer, or a guest's own. Addresses stand on the order. */
export function orderCustomer(
  order: Order,
  { config, subsidiary }: { config: RenderConfig; subsidiary: JsonObject | null },
): CustomerRequest {
  const { party } = order.soldTo;
  const address = order.billTo.address ?? order.shipTo.address;
  const person = party?.kind === 'company' ? party.contact : party;
  const email = firstText(party?.email, person?.email);
  const phone = firstText(party?.phone, person?.phone, address?.phone);
  return {
    key: externalKey('CUS', customerId(order, { party, email, config })),
    fields: {
      ...names(party, address?.name ?? null, email),
      ...(email !== null && { email }),
      ...(phone !== null && { phone }),
      ...(subsidiary !== null && { subsidiary }),
    },
  };
}

function customerId(
  order: Order,
  { party, email, config }: { party: Party | null; email: string | null; config: RenderConfig },
): string {
  if (party !== null && party.ref !== null)
    return `${party.ref.connection}/${party.ref.type}/${party.ref.id}`;
  return config.guests === 'email' && email !== null ? `guest/${email.toLowerCase()}` : `guest/${order.id}`;
}

/** A person must have both names in NetSuite; who tells only one goes by it twice over. */
function names(party: Party | null, addressee: string | null, email: string | null): JsonObject {
  if (party?.kind === 'company') return { isPerson: false, companyName: party.name.slice(0, mostInCompany) };
  const given = firstText(party?.givenName);
  const family = firstText(party?.familyName);
  const only = firstText(family, given, addressee, email) ?? 'Guest';
  return {
    isPerson: true,
    firstName: (given ?? only).slice(0, mostInName),
    lastName: (family ?? only).slice(0, mostInName),
  };
}
