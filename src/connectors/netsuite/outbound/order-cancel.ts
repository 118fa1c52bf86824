import type { CommandPayload } from '#canonical/command.ts';
import { foundedId } from '#canonical/identity.ts';
import { type RenderContext, unmappable } from '#connector-sdk/mapping.ts';
import { orderKey } from './external-key.ts';
import type { OrderCancelRequest } from './request.ts';

/** Names the order by its internal id where we know it, else by the key under which it was made. @throws UnmappableError */
export function renderOrderCancel(
  { order, reason }: CommandPayload<'erp.order.cancel'>,
  context: RenderContext,
): OrderCancelRequest {
  const isOwn = order.type === 'salesOrder' && order.connection === context.connection;
  const id = isOwn ? order.id : context.linked('salesOrder');
  if (id === null) return { order: { by: 'key', key: orderKey(foundedId('order', order)) }, reason };
  if (!/^[1-9]\d{0,17}$/.test(id)) throw unmappable('order.id', `"${id}" is no internal id of a sales order`);
  return { order: { by: 'id', id }, reason };
}
