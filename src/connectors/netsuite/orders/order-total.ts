import { money, moneyToDecimal } from '#canonical/money.ts';
import type { NetSuiteClient, Session } from '../client.ts';
import { NetSuiteFailure, rejected } from '../answers/failure.ts';
import type { Looked, OrderCreateRequest, RecordName } from '../outbound/request.ts';
import { toExactJson } from '#connector-sdk/exact-json.ts';
import { roundingLine } from './order-body.ts';
import { type OrderView, readOrder, totalMinor } from './order-view.ts';
import { closeOrder } from './close-order.ts';

type Stated = { readonly request: OrderCreateRequest; readonly record: (looked: Looked) => RecordName };

/** Whether the order's total is the source's, to the minor unit. */
export const isStated = (
  order: OrderView,
  { totalMinor: stated, currencyCode }: OrderCreateRequest,
): boolean => totalMinor(order.total, currencyCode) === stated;

/** Whether what is missing of the order's total is what taxes round, and there is a line for it. */
export const isRounding = (
  order: OrderView,
  { totalMinor: stated, currencyCode, rounding }: OrderCreateRequest,
  { config }: NetSuiteClient,
): boolean =>
  rounding !== null &&
  Math.abs(totalMinor(order.total, currencyCode) - stated) <= config.roundingToleranceMinor;

/**
 * Makes the order's total the source's total. NetSuite computes taxes itself; what its rounding leaves over, within the
 * tolerance, becomes a line of its own. Anything else is taken back and rejected: a total that differs by more means that a
 * price, a tax or a line was understood wrongly.
 */
export async function settleTotal(
  session: Session,
  client: NetSuiteClient,
  order: OrderView,
  { request, record }: Stated,
): Promise<OrderView> {
  try {
    return await settled(session, client, order, { request, record });
  } catch (error) {
    if (!(error instanceof NetSuiteFailure) || error.outcome.kind !== 'rejected') throw error;
    await takeBack(session, order);
    session.settled();
    throw error;
  }
}

async function settled(
  session: Session,
  client: NetSuiteClient,
  order: OrderView,
  { request, record }: Stated,
): Promise<OrderView> {
  const { currencyCode: currency, taxMinor } = request;
  const amount = (minor: number): string => moneyToDecimal(money('presentment', currency, minor));
  const taxDifference = taxMinor - totalMinor(order.taxTotal ?? '0', currency);
  // A wrong tax could hide behind an equally wrong net amount.
  if (Math.abs(taxDifference) > client.config.roundingToleranceMinor)
    throw rejected(
      'tax-differs',
      `NetSuite levies ${amount(taxMinor - taxDifference)} ${currency}, the order states ${amount(taxMinor)} ${currency}`,
    );
  return settleRounding(session, client, order, { request, record });
}

/** Adds the line that makes up for what taxes round. @throws NetSuiteFailure `rejected` beyond the tolerance */
export async function settleRounding(
  session: Session,
  client: NetSuiteClient,
  order: OrderView,
  { request, record }: Stated,
): Promise<OrderView> {
  const { currencyCode: currency, totalMinor: stated, rounding } = request;
  const tolerance = client.config.roundingToleranceMinor;
  const amount = (minor: number): string => moneyToDecimal(money('presentment', currency, minor));
  const difference = stated - totalMinor(order.total, currency);
  if (difference === 0) return order;
  const differs = `NetSuite's total is ${amount(stated - difference)} ${currency}, the order's ${amount(stated)} ${currency}`;
  if (Math.abs(difference) > tolerance) throw rejected('total-differs', differs);
  if (rounding === null)
    throw rejected('total-differs', `${differs}; the item crosswalk has no row "rounding"`);

  const line = roundingLine(amount(difference), record(rounding), request.untaxed);
  const written = await session.write(
    'PATCH',
    `/salesOrder/${order.id}`,
    toExactJson({ item: { items: [line] } }),
  );
  if ('missing' in written || 'duplicate' in written)
    throw new NetSuiteFailure({ kind: 'outcome-unknown', detail: `sales order ${order.id} is gone` });
  const after = await readOrder(session, order.id);
  if (after === null)
    throw new NetSuiteFailure({ kind: 'outcome-unknown', detail: `sales order ${order.id} is gone` });
  if (!isStated(after, request))
    throw rejected('total-differs', `${differs}; the rounding line did not settle it`);
  return after;
}

/** Deletes what was just made; where the role may not, its lines are closed, so that nobody ships it. */
async function takeBack(session: Session, order: OrderView): Promise<void> {
  try {
    await session.write('DELETE', `/salesOrder/${order.id}`, null);
  } catch (error) {
    const isRefused =
      error instanceof NetSuiteFailure &&
      (error.outcome.kind === 'unauthorized' || error.outcome.kind === 'rejected');
    if (!isRefused) throw error;
    await closeOrder(session, order);
  }
}
