import { customerMatcher } from '../customer-matching.ts';
import { ownRetailer } from './accounts.ts';
import type { JournalAccess } from './journal-access.ts';

/** How this tenant's customers are matched. @throws ConfigurationError */
export const matcherOf = (access: JournalAccess): ReturnType<typeof customerMatcher> =>
  customerMatcher(ownRetailer(access).rules['customer-identity']);
