import type { Connector } from '#connector-sdk/connector.ts';
import { paymentDeadlocks } from '#processes/order-to-cash/payment-rules.ts';
import type { RetailerFile } from './retailer-schema.ts';

type Note = { readonly path: readonly (string | number)[]; readonly message: string };

/** What is wrong with who captures when: rules that wait for each other, or a storefront through which nobody can capture. */
export function paymentRuleNotes(
  { rules, roles }: RetailerFile,
  platforms: ReadonlyMap<string, Connector>,
): readonly Note[] {
  const path = ['rules', 'order-to-cash', 'payments', 'capture'];
  const { payments, release } = rules['order-to-cash'];
  const deadlocks = paymentDeadlocks({ erp: roles.erp, release, payments });
  const cannot =
    payments.capture === 'storefront'
      ? []
      : [...platforms].filter(
          ([id, { roles: parts, commands }]) =>
            (roles.storefronts.length > 0 ? roles.storefronts.includes(id) : parts.includes('storefront')) &&
            !('storefront.payment.capture' in commands && 'storefront.payment.void' in commands),
        );
  return [
    ...deadlocks.map((message) => ({ path, message })),
    ...cannot.map(([id, { title }]) => ({
      path,
      message: `we cannot capture through "${id}": ${title} has no command for it; leave that to the "storefront"`,
    })),
  ];
}
