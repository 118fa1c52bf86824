import type { JsonObject } from '#canonical/json.ts';
import type { CommandHandler } from '#connector-sdk/connector.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import { NetSuiteFailure, rejected } from '../answers/failure.ts';
import type { NetSuiteClient, Session } from '../client.ts';
import { renderOrderAmend } from '../outbound/order-amend.ts';
import type { OrderAmendRequest } from '../outbound/request.ts';
import { toExactJson } from '#connector-sdk/exact-json.ts';
import { resolveNames } from './account-records.ts';
import { amendableOrder } from './amendable-order.ts';
import { amendment } from './amendment.ts';
import { isRounding, settleRounding } from './order-total.ts';
import { isTakenBack, orderRef, orderResult, type OrderView, readOrder } from './order-view.ts';

/**
 * `erp.order.amend`: the record is read, held against the order as it should be, and only what differs is written, by the lines' own
 * numbers. Doing it twice does nothing; who saved the record meanwhile (`RCRD_HAS_BEEN_CHANGED`) is met by a fresh reading.
 */
export const amendOrder: CommandHandler<'erp.order.amend', OrderAmendRequest, NetSuiteClient> = {
  name: 'erp.order.amend',
  safety: { kind: 'lookup-first' },
  timeoutMs: 60_000,
  settleMs: 30_000,
  searchLagMs: 0,
  render: renderOrderAmend,
  conflictKeys: ({ id, wanted }) => [`salesOrder/${id}`, `salesOrder/${wanted.key}`],

  async send(request, call, client): Promise<Outcome> {
    return client.attempt<Outcome>(call, async (session) => {
      const before = await theOrder(session, request);
      const change = await changeOf(session, client, request);
      let after = before;
      if (change !== null) {
        const written = await session.write('PATCH', `/salesOrder/${request.id}`, toExactJson(change));
        if ('missing' in written) throw rejected('not-found', written.missing);
        if ('duplicate' in written) throw rejected('cannot-amend', written.duplicate);
        after = await theOrder(session, request);
        if ((await changeOf(session, client, request)) !== null)
          throw new NetSuiteFailure({
            kind: 'conflict',
            stale: false,
            detail: `sales order ${request.id} is not as it was amended`,
          });
      }
      // Beyond the tolerance the difference stands, and is told by the total of the result.
      if (!request.isTotalStated || !isRounding(after, request.wanted, client)) return done(client, after);
      const record = await resolveNames(session, client, request.wanted);
      return done(client, await settleRounding(session, client, after, { request: request.wanted, record }));
    });
  },

  async find(request, call, client): Promise<Found> {
    const found = await client.attempt<Found>(call, async (session) => {
      const order = await theOrder(session, request);
      const change = await changeOf(session, client, request);
      return change === null ? { kind: 'found', outcome: done(client, order) } : { kind: 'absent' };
    });
    if (found.kind === 'rejected') return { kind: 'found', outcome: found };
    // A name that the account does not have is for `send` to say, before it writes anything.
    return found.kind === 'unmappable' ? { kind: 'absent' } : found;
  },
};

async function changeOf(
  session: Session,
  client: NetSuiteClient,
  request: OrderAmendRequest,
): Promise<JsonObject | null> {
  const { lineField } = client.config;
  if (lineField === null)
    throw rejected(
      'cannot-amend',
      'without a line field nobody knows which line of NetSuite is which of ours',
    );
  const record = await resolveNames(session, client, request.wanted);
  const order = await amendableOrder(session, request.id, lineField);
  if (order === null) throw rejected('not-found', `there is no sales order ${request.id}`);
  return amendment(order, { request, record, lineField });
}

async function theOrder(session: Session, { id }: OrderAmendRequest): Promise<OrderView> {
  const order = await readOrder(session, id);
  if (order === null) throw rejected('not-found', `there is no sales order ${id}`);
  const name = order.tranId ?? id;
  if (isTakenBack(order))
    throw rejected('already-cancelled', `sales order ${name} was cancelled or closed in NetSuite`);
  if (order.orderStatus === 'H')
    throw rejected('too-late', `sales order ${name} is closed, and what was to leave of it has left`);
  return order;
}

const done = (client: NetSuiteClient, order: OrderView): Extract<Outcome, { kind: 'done' }> => ({
  kind: 'done',
  result: { ...orderResult(order), number: order.tranId ?? null, state: order.orderStatus },
  refs: [orderRef(client.connection, order.id)],
});
