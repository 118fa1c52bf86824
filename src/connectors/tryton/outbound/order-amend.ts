import type { CommandPayload } from '#canonical/command.ts';
import { type RenderContext, unmappable } from '#connector-sdk/mapping.ts';
import { renderOrderCreate } from './order-create.ts';
import type { OrderAmendRequest } from './request.ts';

/** The sale as it should be, made as for a new one; what Tryton has is looked at when it is sent. @throws UnmappableError */
export function renderOrderAmend(
  { order, erp, total }: CommandPayload<'erp.order.amend'>,
  context: RenderContext,
): OrderAmendRequest {
  const id = Number(erp.id);
  if (erp.type !== 'sale.sale' || !Number.isSafeInteger(id) || id <= 0)
    throw unmappable('erp.id', `"${erp.type} ${erp.id}" is no Tryton sale`);
  const wanted = renderOrderCreate({ order }, context);
  const { party, invoiceAddress, shipmentAddress, paymentTerm, rounding, lines } = wanted;
  return {
    sale: id,
    party,
    invoiceAddress,
    shipmentAddress,
    paymentTerm,
    rounding,
    lines,
    currencyCode: wanted.currencyCode,
    totalMinor: total?.amountMinor ?? null,
  };
}
