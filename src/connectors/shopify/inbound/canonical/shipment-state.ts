import type { Shipment } from '#canonical/fulfillment.ts';
import { unmappable } from '#connector-sdk/mapping.ts';
import type { SourceFulfillment } from '../source/source-order.ts';

/** Shopify's words for how far a parcel is: `shipment_status` of webhooks and `displayStatus` of the Admin API. */
const onTheWay: Readonly<Record<string, Shipment['status']>> = {
  submitted: 'planned',
  confirmed: 'shipped',
  label_purchased: 'shipped',
  label_printed: 'shipped',
  label_voided: 'shipped',
  fulfilled: 'shipped',
  marked_as_fulfilled: 'shipped',
  carrier_picked_up: 'shipped',
  in_transit: 'shipped',
  out_for_delivery: 'shipped',
  attempted_delivery: 'shipped',
  delayed: 'shipped',
  ready_for_pickup: 'ready-for-pickup',
  picked_up: 'collected',
  delivered: 'delivered',
  failure: 'undeliverable',
  not_delivered: 'undeliverable',
  canceled: 'cancelled',
};

/**
 * Our state of a fulfilment. One that Shopify calls failed or in error never left (`cancelled`); a fulfilment that succeeded left
 * the location even where its label is not scanned yet. @throws UnmappableError for a word that Shopify did not have in 2026-10
 */
export function shipmentState(
  { status, shipmentStatus }: Pick<SourceFulfillment, 'status' | 'shipmentStatus'>,
  path = '',
): Shipment['status'] {
  if (status === 'cancelled' || status === 'error' || status === 'failure') return 'cancelled';
  if (status === 'pending' || status === 'open') return 'planned';
  if (shipmentStatus === null) return 'shipped';
  const state = onTheWay[shipmentStatus];
  if (state === undefined) throw unmappable(`${path}shipment_status`, `"${shipmentStatus}" is not known`);
  return state;
}
