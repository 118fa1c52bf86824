import { z } from 'zod';
import type { CommandHandler } from '#connector-sdk/connector.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import type { NetSuiteClient, Session } from '../client.ts';
import { NetSuiteFailure, rejected } from '../answers/failure.ts';
import { renderOrderCancel } from '../outbound/order-cancel.ts';
import type { OrderCancelRequest } from '../outbound/request.ts';
import { documentsQuery } from '../suiteql.ts';
import { closeOrder } from './close-order.ts';
import {
  hasProgress,
  isTakenBack,
  orderRef,
  orderResult,
  orderUnderKey,
  type OrderView,
  readOrder,
} from './order-view.ts';

/** `erp.order.cancel`: takes an order back before anything of it left; again is no harm. */
export const cancelOrder: CommandHandler<'erp.order.cancel', OrderCancelRequest, NetSuiteClient> = {
  name: 'erp.order.cancel',
  safety: { kind: 'lookup-first' },
  timeoutMs: 60_000,
  settleMs: 30_000,
  searchLagMs: 5_000,
  render: renderOrderCancel,
  conflictKeys: ({ order }) => [`salesOrder/${order.by === 'id' ? order.id : order.key}`],

  async send(request, call, client): Promise<Outcome> {
    return client.attempt<Outcome>(call, async (session) => {
      const order = await theOrder(session, client, request);
      if (order === null) throw notFound(request);
      await assertNotTooLate(session, order);
      if (client.config.cancelBy === 'delete') {
        const written = await session.write('DELETE', `/salesOrder/${order.id}`, null);
        if ('duplicate' in written) throw rejected('not-deletable', written.duplicate);
        return done(client, { ...order, orderStatus: 'C' });
      }
      if (isTakenBack(order)) return done(client, order);
      await closeOrder(session, order);
      const after = await readOrder(session, order.id);
      if (after !== null && isTakenBack(after)) return done(client, after);
      throw new NetSuiteFailure({
        kind: 'conflict',
        stale: false,
        detail: `sales order ${order.id} is ${after?.orderStatus ?? 'gone'} after its lines were closed`,
      });
    });
  },

  async find(request, call, client): Promise<Found> {
    const found = await client.attempt<Found>(call, async (session) => {
      const order = await theOrder(session, client, request);
      if (order === null) {
        if (client.config.cancelBy !== 'delete') throw notFound(request);
        // Deleted as told: by us, or by somebody who was quicker.
        return { kind: 'found', outcome: { kind: 'done', result: { status: 'C' } } };
      }
      return isTakenBack(order) ? { kind: 'found', outcome: done(client, order) } : { kind: 'absent' };
    });
    if (found.kind === 'rejected') return { kind: 'found', outcome: found };
    if (found.kind === 'unmappable') throw new TypeError('a look-up maps nothing');
    return found;
  },
};

const theOrder = (
  session: Session,
  client: NetSuiteClient,
  { order }: OrderCancelRequest,
): Promise<OrderView | null> =>
  order.by === 'id' ? readOrder(session, order.id) : orderUnderKey(session, client, order.key);

const notFound = ({ order }: OrderCancelRequest): NetSuiteFailure =>
  rejected(
    'not-found',
    order.by === 'id' ? `there is no sales order ${order.id}` : `no sales order carries the key ${order.key}`,
  );

const done = (client: NetSuiteClient, order: OrderView): Extract<Outcome, { kind: 'done' }> => ({
  kind: 'done',
  result: orderResult(order),
  refs: [orderRef(client.connection, order.id)],
});

/** A fulfilment counts from the moment it is picked: the order's own quantities may tell of it later. */
async function assertNotTooLate(session: Session, order: OrderView): Promise<void> {
  const name = order.tranId ?? order.id;
  if (hasProgress(order)) throw rejected('too-late', `sales order ${name} is partly shipped or billed`);
  if (isTakenBack(order)) return;
  const documents = z
    .array(z.object({ id: z.union([z.string(), z.int()]).transform(String), type: z.string() }))
    .parse(await session.query(documentsQuery(order.id), 1));
  const [first] = documents;
  if (first !== undefined)
    throw rejected('too-late', `${first.type} ${first.id} was made of sales order ${name}`);
}
