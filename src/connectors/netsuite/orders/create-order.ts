import type { CommandHandler } from '#connector-sdk/connector.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import type { NetSuiteClient, Session } from '../client.ts';
import { NetSuiteFailure, rejected } from '../answers/failure.ts';
import { orderConflictKeys, renderOrderCreate } from '../outbound/order-create.ts';
import type { OrderCreateRequest } from '../outbound/request.ts';
import { toExactJson } from '#connector-sdk/exact-json.ts';
import { resolveNames } from './account-records.ts';
import { missingDeposits, saveDeposits } from './customer-deposits.ts';
import { orderBody } from './order-body.ts';
import { isRounding, isStated, settleRounding, settleTotal } from './order-total.ts';
import {
  isTakenBack,
  isUntouched,
  orderRef,
  orderResult,
  orderUnderKey,
  type OrderView,
  readOrder,
} from './order-view.ts';
import { saveCustomer } from './save-customer.ts';

/**
 * `erp.order.create`: the customer, then the sales order, each by its external id. Looked up before every attempt although the
 * write is an upsert: a second PUT would save an order again that the warehouse may be at work on.
 */
export const createOrder: CommandHandler<'erp.order.create', OrderCreateRequest, NetSuiteClient> = {
  name: 'erp.order.create',
  safety: { kind: 'lookup-first' },
  // User-event scripts, workflows and tax engines run within the save.
  timeoutMs: 90_000,
  // A save whose caller is gone runs on to its end; scripts may take up to half a minute.
  settleMs: 30_000,
  // Reading by external id does not lag; SuiteQL, which a key field needs, may by seconds.
  searchLagMs: 5_000,
  render: renderOrderCreate,
  conflictKeys: orderConflictKeys,

  async send(request, call, client): Promise<Outcome> {
    return client.attempt<Outcome>(call, async (session) => {
      const record = await resolveNames(session, client, request);
      const deposited = async (order: OrderView): Promise<Outcome> => {
        await saveDeposits(session, request, { orderId: order.id, currency: record(request.currency) });
        return done(client, order);
      };
      const begun = call.attempt === 1 ? null : await orderUnderKey(session, client, request.key);
      // Saved by a former attempt; somebody may have begun to work on it before its total was settled: that alone is left to do.
      if (begun !== null && !isTakenBack(begun) && (isStated(begun, request) || !isUntouched(begun)))
        return deposited(await settleRounding(session, client, begun, { request, record }));
      await saveCustomer(session, client, request.customer);
      // A customer may stay without an order: the next attempt finds it.
      session.settled();
      const saved = await saveOrder(
        session,
        client,
        request,
        toExactJson(orderBody(request, { config: client.config, record })),
      );
      return deposited(await settleTotal(session, client, saved, { request, record }));
    });
  },

  async find(request, call, client): Promise<Found> {
    const found = await client.attempt<Found>(call, async (session) => {
      const order = await orderUnderKey(session, client, request.key);
      if (order === null) return { kind: 'absent' };
      if (isTakenBack(order))
        throw rejected(
          'already-cancelled',
          `sales order ${order.tranId ?? order.id} was cancelled or closed in NetSuite`,
        );
      if (isLeftUnsettled(order, request, client) || (await missingDeposits(session, request)).length > 0)
        return { kind: 'absent' };
      return { kind: 'found', outcome: done(client, order) };
    });
    if (found.kind === 'rejected') return { kind: 'found', outcome: found };
    if (found.kind === 'unmappable') throw new TypeError('a look-up maps nothing');
    return found;
  },
};

/**
 * Saved, but the answer was lost before its total was settled: `send` writes an order that nobody touched again as a whole, and adds
 * the rounding to one that is at work. One that is billed, or differs by more, was changed by people since.
 */
function isLeftUnsettled(order: OrderView, request: OrderCreateRequest, client: NetSuiteClient): boolean {
  if (isStated(order, request)) return false;
  return isUntouched(order) || (order.orderStatus !== 'G' && isRounding(order, request, client));
}

const done = (client: NetSuiteClient, order: OrderView): Extract<Outcome, { kind: 'done' }> => ({
  kind: 'done',
  result: orderResult(order),
  refs: [orderRef(client.connection, order.id)],
});

async function saveOrder(
  session: Session,
  client: NetSuiteClient,
  request: OrderCreateRequest,
  body: string,
): Promise<OrderView> {
  const { key } = request;
  const existing = client.config.keyField === null ? null : await orderUnderKey(session, client, key);
  // Without `replace` a second save would add the lines once more.
  const written =
    client.config.keyField === null
      ? await session.write('PUT', `/salesOrder/eid:${key}?replace=item`, body)
      : existing === null
        ? await session.write('POST', '/salesOrder', body)
        : await session.write('PATCH', `/salesOrder/${existing.id}?replace=item`, body);
  if ('missing' in written) throw rejected('not-found', written.missing);
  if ('duplicate' in written) {
    // Either our own save of a moment ago came first, or a transaction of another type has the id: they share one space.
    if ((await orderUnderKey(session, client, key)) === null)
      throw rejected('external-id-taken', written.duplicate);
    throw new NetSuiteFailure({ kind: 'conflict', stale: false, detail: written.duplicate });
  }
  const id = written.id ?? existing?.id;
  const order = id === undefined ? await orderUnderKey(session, client, key) : await readOrder(session, id);
  if (order !== null) return order;
  throw new NetSuiteFailure({
    kind: 'outcome-unknown',
    detail: `the sales order ${key} was saved but cannot be read`,
  });
}
