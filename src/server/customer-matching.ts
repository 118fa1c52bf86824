import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#connector-sdk/services.ts';
import type { Database } from '#journal/database.ts';
import { type CustomerMatcher, matchCustomers } from '#ops/customer-matching.ts';
import type { CustomerRecord } from '#processes/customer-identity/evidence.ts';
import { identify } from '#processes/customer-identity/identify.ts';
import { knownCustomer } from '#processes/customer-identity/known-customer.ts';
import type { CustomerRules } from '#processes/customer-identity/rules.ts';
import type { Retailer } from './retailers/retailer.ts';

/** How a tenant's customers are matched: by the retailer's rules. */
export const customerMatcher = (rules: CustomerRules): CustomerMatcher<CustomerRecord> => ({
  read: knownCustomer,
  identify: (known) => identify(known, rules),
});

/** It rests so many times as long as it worked. */
const restFactor = 20;

/** Matches every retailer's customers again and again, until stopped. Of several processes one at a time does. */
export function startCustomerMatching(
  database: Database,
  retailers: readonly Retailer[],
  log: Logger,
  everyMs = 60_000,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loops = retailers.map(async ({ tenant, rules }) => {
    const matcher = customerMatcher(rules['customer-identity']);
    while (!signal.aborted) {
      const beganAt = performance.now();
      await matchCustomers(database, tenant, matcher).catch((error: unknown) =>
        log.warn({ tenant, error: String(error) }, 'customers could not be matched'),
      );
      // However many customers there are, this takes a small part of the database's time.
      const pauseMs = Math.max(everyMs, restFactor * (performance.now() - beganAt));
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  });
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}
