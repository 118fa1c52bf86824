import type { InboundMapping } from '#connector-sdk/connector.ts';
import { accountMapping } from './account.ts';
import { caseMapping } from './case.ts';
import { contactMapping } from './contact.ts';
import { orderMapping } from './order.ts';
import { quoteMapping } from './quote.ts';

/** By object: each message carries the record as it stood when it was read. */
export const inbound: Readonly<Record<string, InboundMapping>> = {
  Account: accountMapping,
  Contact: contactMapping,
  Order: orderMapping,
  Quote: quoteMapping,
  Case: caseMapping,
};
