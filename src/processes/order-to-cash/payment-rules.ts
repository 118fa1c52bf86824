import { z } from 'zod';

const day = 24 * 3_600_000;

/** Who captures authorised money, and when. */
export const paymentRules = z
  .strictObject({
    capture: z
      .enum(['storefront', 'order', 'release', 'shipment'])
      .default('storefront')
      .describe(
        'who captures authorised money, and when: the `storefront` by itself or by its staff, and we only watch; or we do, through the storefront: when the `order` is seen, once it is `release`d to the ERP, or with each `shipment`',
      ),
    singleCapture: z
      .enum(['first-shipment', 'last-shipment'])
      .default('first-shipment')
      .describe(
        'for capture at `shipment` from an authorisation that can be captured only once: the whole with the first shipment, or with the last',
      ),
    warnBeforeExpiryMs: z
      .int()
      .positive()
      .default(day)
      .describe('how long before an authorisation expires uncaptured somebody is told'),
    assumedValidityMs: z
      .int()
      .positive()
      .nullable()
      .default(7 * day)
      .describe(
        'how long an authorisation is taken to hold where the storefront does not say; only the warning counts on it. null: no warning then',
      ),
  })
  .prefault({});

type Rules = {
  readonly erp: string | null;
  readonly release: { readonly paymentStates: readonly string[] };
  readonly payments: z.output<typeof paymentRules>;
};

/** Rules that each make sense, and together would leave every authorised order waiting for ever: why. */
export function paymentDeadlocks({ erp, release, payments }: Rules): readonly string[] {
  const { capture } = payments;
  if (capture === 'release' && erp === null)
    return ['"release" waits for an ERP order, and there is no ERP: use "order" or "shipment"'];
  const waits = erp !== null && (capture === 'release' || capture === 'shipment');
  if (!waits || release.paymentStates.includes('authorized')) return [];
  return [
    `"${capture}" captures once the ERP has the order, and release.paymentStates lets no "authorized" order into the ERP: add it there, or capture at "order"`,
  ];
}

/** Refuses the whole of the rules for those reasons. */
export function refusePaymentDeadlock(rules: Rules, context: z.core.$RefinementCtx): void {
  for (const message of paymentDeadlocks(rules))
    context.addIssue({
      code: 'custom',
      path: ['payments', 'capture'],
      message,
      input: rules.payments.capture,
    });
}
