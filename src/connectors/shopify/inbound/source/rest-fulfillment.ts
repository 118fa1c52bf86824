import { exactId, type RestFulfillment } from './rest-schema.ts';
import type { SourceFulfillment } from './source-order.ts';

/** A fulfilment of a webhook body. It does not say when the parcel was delivered. */
export function restSourceFulfillment(rest: RestFulfillment): SourceFulfillment {
  const numbers = rest.tracking_numbers.length > 0 ? rest.tracking_numbers : [rest.tracking_number ?? ''];
  const urls = rest.tracking_urls.length > 0 ? rest.tracking_urls : [rest.tracking_url ?? ''];
  return {
    id: exactId(rest),
    name: rest.name,
    status: rest.status,
    shipmentStatus: rest.shipment_status,
    createdAt: rest.created_at,
    updatedAt: rest.updated_at,
    deliveredAt: null,
    locationId: rest.location_id,
    requiresShipping: rest.line_items.some(({ requires_shipping: ships }) => ships ?? true),
    lines: rest.line_items.map((line) => ({ lineId: exactId(line), sku: line.sku, quantity: line.quantity })),
    packages: numbers.flatMap((number, index) =>
      number.trim() === ''
        ? []
        : [{ carrier: rest.tracking_company, number, url: urls[index]?.trim() || null }],
    ),
  };
}
