import type { Json } from '#canonical/json.ts';
import type { Call } from '#connector-sdk/connector.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import type { ExampleClient, Failure } from './client.ts';
import { type OrderRecord, orderRecordSchema } from './order-record.ts';
import type { OrderCancelRequest } from './outbound/order-cancel.ts';

const pathOf = (request: OrderCancelRequest): string => `/orders/${encodeURIComponent(request.orderId)}`;

/** Cancels the order. `rejected` with code `too-late` once it left. */
export async function sendCancel(
  request: OrderCancelRequest,
  call: Call,
  client: ExampleClient,
): Promise<Outcome> {
  const reply = await client.write(`${pathOf(request)}/cancel`, { reason: request.reason }, call);
  if (!reply.ok) return tooLate(reply.failure);
  const order = orderOf(reply.value);
  return order === null
    ? { kind: 'outcome-unknown', detail: 'the answer is no order' }
    : doneWith(order, client.connection);
}

/** Whether the order is cancelled already. */
export async function findCancel(
  request: OrderCancelRequest,
  call: Call,
  client: ExampleClient,
): Promise<Found> {
  const reply = await client.read(pathOf(request), call);
  if (!reply.ok) return reply.failure;
  const order = orderOf(reply.value);
  if (order === null) return { kind: 'unavailable', retryAfterMs: null, detail: 'the answer is no order' };
  return order.status === 'cancelled'
    ? { kind: 'found', outcome: doneWith(order, client.connection) }
    : { kind: 'absent' };
}

const orderOf = (value: Json): OrderRecord | null => orderRecordSchema.safeParse(value).data ?? null;

const doneWith = (order: OrderRecord, connection: string): Extract<Outcome, { kind: 'done' }> => ({
  kind: 'done',
  result: { number: order.number },
  refs: [{ connection, type: 'Order', id: order.id }],
});

/** Example says `order_shipped`; the process knows one word for it. */
const tooLate = (failure: Failure): Failure =>
  failure.kind === 'rejected' && failure.code === 'order_shipped'
    ? { ...failure, code: 'too-late' }
    : failure;
