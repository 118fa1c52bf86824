import { foundedId } from '#canonical/identity.ts';
import type { CommandPayload } from '#canonical/command.ts';
import { unmappable, type RenderContext } from '#connector-sdk/mapping.ts';
import type { OrderCancelRequest } from './request.ts';

/** Names the sale by its id where we know it, else by the reference under which it was made. @throws UnmappableError */
export function renderOrderCancel(
  { order, reason }: CommandPayload<'erp.order.cancel'>,
  context: RenderContext,
): OrderCancelRequest {
  const id =
    order.type === 'sale.sale' && order.connection === context.connection
      ? order.id
      : context.linked('sale.sale');
  if (id === null) return { sale: { by: 'reference', reference: foundedId('order', order) }, reason };
  const number = Number(id);
  if (!Number.isSafeInteger(number) || number <= 0)
    throw unmappable('order.id', `"${id}" is no id of a Tryton sale`);
  return { sale: { by: 'id', id: number }, reason };
}
