import type { CommandPayload } from '#canonical/command.ts';
import type { RenderContext } from '#connector-sdk/mapping.ts';
import { accountOfOrder } from './account-of-order.ts';
import { caseSafe } from './external-id.ts';
import { amountView } from './order-amounts.ts';
import { orderHeader } from './order-header.ts';
import { orderItems } from './order-items.ts';
import { inRenderScope } from './render-scope.ts';
import type { OrderUpsertRequest } from './request.ts';

/** An order, whole, as the CRM should show it. @throws UnmappableError naming every value that Salesforce cannot hold. */
export function renderOrderUpsert(
  payload: CommandPayload<'crm.order.upsert'>,
  context: RenderContext,
): OrderUpsertRequest {
  return inRenderScope(context, (scope) => {
    const { order } = payload;
    if (order.test) scope.problems.push({ path: 'order.test', message: 'a test order stays out of the CRM' });
    const key = caseSafe(order.id);
    const view = amountView(scope, order);
    return {
      ...accountOfOrder(scope, order),
      order: orderHeader(scope, payload, key, view),
      priceBookId: context.crosswalkOptional('price-book', order.channel.kind) ?? scope.org.priceBookId,
      currency: scope.org.multiCurrency ? view.currency : null,
      items: scope.org.orderMode === 'summary' ? [] : orderItems(scope, order, key, view),
    };
  });
}

/** Orders of one account contend for its row; so they never run at once. */
export function orderConflictKeys(request: OrderUpsertRequest): readonly string[] {
  return [`Account:${request.account.key}`];
}
