import type { CommandPayload } from '#canonical/command.ts';
import type { RenderContext } from '#connector-sdk/mapping.ts';

/** `erp.order.cancel` as it is stored and sent. */
export type OrderCancelRequest = { readonly orderId: string; readonly reason: string };

/** The retailer's word for the reason, where the crosswalk has one. @throws UnmappableError */
export function renderOrderCancel(
  payload: CommandPayload<'erp.order.cancel'>,
  context: RenderContext,
): OrderCancelRequest {
  return {
    orderId: payload.order.id,
    reason: context.crosswalk('reason', payload.reason, 'reason', 'other'),
  };
}
