import { z } from 'zod';
import { textSchema } from '#canonical/primitives.ts';

/** Domains that forward to somebody whom they do not name. Facts of the providers, which change: a retailer may name others. */
const relayDomains = [
  'privaterelay.appleid.com',
  'marketplace.amazon.*',
  'members.ebay.*',
  'mozmail.com',
  'duck.com',
  'simplelogin.com',
  'anonaddy.me',
  'zalando-partner.*',
] as const;

/** What stands before the "@" where an office reads and not a person. */
const roleNames = [
  'abuse',
  'accounting',
  'accounts',
  'admin',
  'billing',
  'buchhaltung',
  'contact',
  'einkauf',
  'finance',
  'hello',
  'help',
  'hr',
  'info',
  'invoice',
  'invoices',
  'kontakt',
  'mail',
  'marketing',
  'no-reply',
  'noreply',
  'office',
  'order',
  'orders',
  'purchasing',
  'postmaster',
  'procurement',
  'reception',
  'sales',
  'service',
  'shop',
  'store',
  'support',
  'team',
  'webmaster',
] as const;

/** What a retailer decides about who counts as one customer. A key that is not listed fails. */
export const customerRulesSchema = z.strictObject({
  linkVerifiedEmail: z
    .boolean()
    .default(true)
    .describe(
      'persons with one verified e-mail address, which is nobody’s office or relay, are one customer',
    ),
  relayDomains: z
    .array(textSchema)
    .default([...relayDomains])
    .describe('domains of forwarding addresses; "*" stands for any ending. Never linked automatically'),
  roleNames: z
    .array(textSchema)
    .default([...roleNames])
    .describe('names before the "@" that an office reads. Never linked automatically'),
  sharedAddresses: z
    .array(textSchema)
    .default([])
    .describe('addresses that several people use, such as a till’s own. Never linked automatically'),
  identify: z
    .array(textSchema)
    .default([])
    .describe(
      'connections that are told which records are one customer; told by the connectors, not by the retailer',
    ),
});
export type CustomerRules = z.infer<typeof customerRulesSchema>;
