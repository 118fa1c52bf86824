import { z } from 'zod';
import type { Party } from '#canonical/party.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import { customerSubject, goneCustomer, observedCustomer } from './customer-record.ts';
import { addressOf, liveFields, optionalId, optionalText } from './record-body.ts';

const bodySchema = z.looseObject({
  ...liveFields,
  Name: z.string().trim().min(1),
  AccountNumber: optionalText,
  Phone: optionalText,
  ParentId: optionalId,
  IsPersonAccount: z.boolean().optional(),
  FirstName: optionalText.optional(),
  LastName: optionalText.optional(),
  PersonEmail: optionalText.optional(),
});
type AccountBody = z.infer<typeof bodySchema>;

/** `Account`: a company; a person where it is a person account, or the household that we made for a private buyer. */
export const accountMapping: InboundMapping = {
  subject: (body, connection) => customerSubject(body, connection, 'Account'),
  map(message) {
    const gone = goneCustomer(message, 'Account');
    if (gone !== null) return gone;
    const account = parseWith(bodySchema, message.body);
    const addresses = (['Billing', 'Shipping'] as const).flatMap((prefix) => {
      const address = addressOf(account, prefix);
      const purpose = prefix === 'Billing' ? ('billing' as const) : ('shipping' as const);
      return address === null ? [] : [{ purpose, isDefault: true, address }];
    });
    return observedCustomer(message, 'Account', account, {
      party: partyOf(message.connection, account),
      addresses,
      extensions: {
        salesforce: { key: account.Key, accountNumber: account.AccountNumber, parentId: account.ParentId },
      },
    });
  },
};

function partyOf(connection: string, account: AccountBody): Party {
  const contact = {
    ref: { connection, type: 'Account', id: account.Id },
    email: account.PersonEmail ?? null,
    // Salesforce verifies no address of a customer.
    emailVerified: false,
    phone: account.Phone,
    language: null,
  };
  if (account.IsPersonAccount === true)
    return {
      kind: 'person',
      ...contact,
      givenName: account.FirstName ?? null,
      familyName: account.LastName ?? account.Name,
    };
  if (/^(?:customer|guest):/.test(account.Key ?? ''))
    return { kind: 'person', ...contact, givenName: null, familyName: account.Name };
  return {
    kind: 'company',
    ...contact,
    name: account.Name,
    location: null,
    contact: null,
    registrations: [],
  };
}
