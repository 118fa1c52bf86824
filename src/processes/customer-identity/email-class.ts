import type { CustomerRules } from './rules.ts';

/** Whose an address is: one person's, somebody's behind a relay, an office's, several people's; or none that can be read. */
export type EmailClass = 'personal' | 'relay' | 'role' | 'shared' | 'unreadable';

/** An address as it is compared: small letters, no space around. What stands before the "@" is else left as it is: providers differ. */
export const normalEmail = (email: string): string => email.trim().toLowerCase();

export function classifyEmail(email: string, rules: CustomerRules): EmailClass {
  const address = normalEmail(email);
  const match = /^([^@\s]+)@([^@\s]+\.[^@\s.]+)$/.exec(address);
  if (match === null) return 'unreadable';
  const [, name = '', domain = ''] = match;
  if (rules.relayDomains.some((pattern) => isOfDomain(domain, pattern))) return 'relay';
  // "info+uk@" and "sales.emea@" are read by the same office.
  const [first = ''] = name.split(/[+.]/);
  if (rules.roleNames.includes(name) || rules.roleNames.includes(first)) return 'role';
  if (rules.sharedAddresses.some((shared) => normalEmail(shared) === address)) return 'shared';
  return 'personal';
}

/** The domain itself or one below it; `marketplace.amazon.*` is every ending of it. */
function isOfDomain(domain: string, pattern: string): boolean {
  const wanted = pattern.toLowerCase();
  if (!wanted.endsWith('.*')) return domain === wanted || domain.endsWith(`.${wanted}`);
  const stem = wanted.slice(0, -1);
  return domain.startsWith(stem) || domain.includes(`.${stem}`);
}
