import { z } from 'zod';
import { moneyFromDecimal } from '#canonical/money.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';
import { canonicalPayment, isProposal } from './canonical/payment.ts';
import { orderSubject } from './order-subject.ts';
import { currencyCode, gidSchema, idSchema, instantSchema, optionalText } from './source/scalars.ts';
import type { SourceTransaction } from './source/source-order.ts';

const currencyOnly = z.object({ currency: currencyCode });
const body = z.object({
  id: idSchema,
  admin_graphql_api_id: gidSchema('OrderTransaction').nullish(),
  order_id: idSchema,
  parent_id: idSchema.nullish(),
  kind: z.string(),
  status: z.string(),
  gateway: optionalText,
  manual_payment_gateway: z.boolean().nullish(),
  amount: z.string(),
  currency: currencyCode,
  total_unsettled_set: z.object({ shop_money: currencyOnly, presentment_money: currencyOnly }).nullish(),
  created_at: instantSchema,
  processed_at: instantSchema.nullish(),
  authorization: optionalText,
  payment_id: optionalText,
  authorization_expires_at: instantSchema.nullish(),
  error_code: optionalText,
  test: z.boolean(),
  payment_details: z
    .object({ credit_card_company: optionalText, credit_card_wallet: optionalText })
    .nullish(),
});
type Body = z.output<typeof body>;

/**
 * order_transactions/create: one movement of money. The body states one amount; where shop and buyer use different currencies the other
 * one is not known, and the order is read instead.
 */
export const orderTransaction: InboundMapping = {
  subject: (message, connection) => orderSubject(connection, parseWith(body, message).order_id),
  map({ body: message, connection, bodyHash }) {
    const read = parseWith(body, message);
    const subject = orderSubject(connection, read.order_id);
    const version = { at: read.processed_at ?? read.created_at, hash: bodyHash };
    const touched = (reason: string) => [
      { type: 'order.touched' as const, subject, version, data: { reason, listed: false } },
    ];
    const source = transaction(read);
    if (source === null) return touched('transaction-without-both-amounts');
    if (isProposal(source)) return touched('refund-suggested');
    return [{ type: 'payment.observed', subject, version, data: canonicalPayment(source, connection) }];
  },
};

function transaction(read: Body): SourceTransaction | null {
  const stated = read.total_unsettled_set;
  const currencies = [stated?.shop_money.currency, stated?.presentment_money.currency];
  if (currencies.some((currency) => currency !== read.currency)) return null;
  const details = read.payment_details ?? null;
  return {
    id: read.admin_graphql_api_id ?? read.id,
    parentId: read.parent_id ?? null,
    kind: read.kind,
    status: read.status,
    gateway: read.gateway,
    manual: read.manual_payment_gateway ?? false,
    cardOrWallet: details && { company: details.credit_card_company, wallet: details.credit_card_wallet },
    amount: {
      shop: amount(() => moneyFromDecimal('shop', read.currency, read.amount)),
      presentment: amount(() => moneyFromDecimal('presentment', read.currency, read.amount)),
    },
    at: read.processed_at ?? read.created_at,
    expiresAt: read.authorization_expires_at ?? null,
    multiCapturable: null,
    reference: read.payment_id,
    errorCode: read.error_code,
    test: read.test,
  };
}

function amount<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unmappable('amount', error instanceof Error ? error.message : String(error));
  }
}
