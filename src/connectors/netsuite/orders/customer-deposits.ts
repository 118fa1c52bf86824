import { rejected } from '../answers/failure.ts';
import type { Session } from '../client.ts';
import type { DepositRequest, OrderCreateRequest, RecordName } from '../outbound/request.ts';
import { toExactJson } from '#connector-sdk/exact-json.ts';

/** The deposits of an order that NetSuite does not have yet, by their external ids. */
export async function missingDeposits(
  session: Session,
  { deposits = [] }: OrderCreateRequest,
): Promise<readonly DepositRequest[]> {
  const missing: DepositRequest[] = [];
  for (const deposit of deposits)
    if ((await session.read(`/customerDeposit/eid:${deposit.key}`)) === null) missing.push(deposit);
  return missing;
}

/**
 * Books what is paid as deposits on the order, each under its own external id, so that none is booked twice. The order stands by
 * now: a deposit that is refused, in a closed period perhaps, parks the command with the reason, and a retry goes on from here.
 */
export async function saveDeposits(
  session: Session,
  request: OrderCreateRequest,
  { orderId, currency }: { readonly orderId: string; readonly currency: RecordName },
): Promise<void> {
  for (const { key, amount, paymentMethod, memo } of await missingDeposits(session, request)) {
    const body = {
      customer: { externalId: request.customer.key },
      salesOrder: { id: orderId },
      currency,
      payment: { decimal: amount },
      memo,
      ...(paymentMethod !== null && { paymentMethod }),
    };
    session.settled();
    const written = await session.write('PUT', `/customerDeposit/eid:${key}`, toExactJson(body));
    if ('duplicate' in written) throw rejected('external-id-taken', written.duplicate);
    if ('missing' in written) throw rejected('not-found', written.missing);
  }
}
