import { z } from 'zod';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import { customerSubject, goneCustomer, observedCustomer } from './customer-record.ts';
import { addressOf, liveFields, optionalId, optionalText } from './record-body.ts';

const bodySchema = z.looseObject({
  ...liveFields,
  FirstName: optionalText,
  LastName: optionalText,
  Email: optionalText,
  Phone: optionalText,
  AccountId: optionalId,
});

/** `Contact`: a person, perhaps one of a company. */
export const contactMapping: InboundMapping = {
  subject: (body, connection) => customerSubject(body, connection, 'Contact'),
  map(message) {
    const gone = goneCustomer(message, 'Contact');
    if (gone !== null) return gone;
    const contact = parseWith(bodySchema, message.body);
    const address = addressOf(contact, 'Mailing');
    return observedCustomer(message, 'Contact', contact, {
      party: {
        kind: 'person',
        ref: { connection: message.connection, type: 'Contact', id: contact.Id },
        email: contact.Email,
        emailVerified: false,
        phone: contact.Phone,
        language: null,
        givenName: contact.FirstName,
        familyName: contact.LastName,
      },
      addresses: address === null ? [] : [{ purpose: 'other', isDefault: true, address }],
      extensions: { salesforce: { key: contact.Key, accountId: contact.AccountId } },
    });
  },
};
