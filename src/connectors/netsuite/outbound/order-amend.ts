import type { CommandPayload } from '#canonical/command.ts';
import { type RenderContext, unmappable } from '#connector-sdk/mapping.ts';
import { renderOrder } from './order-create.ts';
import type { OrderAmendRequest } from './request.ts';

/** The sales order as it should be, rendered as for a new one. @throws UnmappableError */
export function renderOrderAmend(
  { order, erp, total }: CommandPayload<'erp.order.amend'>,
  context: RenderContext,
): OrderAmendRequest {
  if (erp.type !== 'salesOrder' || !/^[1-9]\d{0,17}$/.test(erp.id))
    throw unmappable('erp.id', `"${erp.type} ${erp.id}" is no internal id of a sales order`);
  const wanted = renderOrder(order, context, total?.amountMinor ?? null);
  return { id: erp.id, wanted, isTotalStated: total !== null };
}
