import { describe } from 'vitest';
import { accountChecks } from './conformance/account-checks.ts';
import { declarationChecks } from './conformance/declaration-checks.ts';
import { deliveryChecks } from './conformance/delivery-checks.ts';
import { inboundChecks } from './conformance/inbound-checks.ts';
import { renderChecks } from './conformance/render-checks.ts';
import type { ConformanceSubject } from './conformance/subject.ts';
import { webhookChecks } from './conformance/webhook-checks.ts';

/**
 * Registers the vitest tests that hold for every connector; called once, at the top of `<id>.conformance.test.ts`.
 * What a platform does that others do not is tested beside it, in the connector's own tests.
 */
export function conformance<Config, Client, Platform>(
  subject: ConformanceSubject<Config, Client, Platform>,
): void {
  describe(`${subject.connector.title} conforms`, () => {
    declarationChecks(subject);
    inboundChecks(subject);
    renderChecks(subject);
    webhookChecks(subject);
    accountChecks(subject);
    deliveryChecks(subject);
  });
}
