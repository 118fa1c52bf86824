import { decimal } from '#canonical/decimal.ts';
import type { Shipment } from '#canonical/fulfillment.ts';
import { foundedId } from '#canonical/identity.ts';
import { shopifyRef } from '../../gid.ts';
import type { SourceFulfillment } from '../source/source-order.ts';
import { shipmentState } from './shipment-state.ts';

/** A fulfilment as a shipment: one package a tracking number. */
export function canonicalShipment(fulfillment: SourceFulfillment, connection: string, path = ''): Shipment {
  const ref = shopifyRef(connection, 'Fulfillment', fulfillment.id);
  const status = shipmentState(fulfillment, path);
  const left = status !== 'planned' && status !== 'cancelled';
  return {
    schema: 'shipment/1',
    id: foundedId('shipment', ref),
    ref,
    number: fulfillment.name,
    location:
      fulfillment.locationId === null ? null : shopifyRef(connection, 'Location', fulfillment.locationId),
    method: fulfillment.requiresShipping
      ? status === 'collected' || status === 'ready-for-pickup'
        ? 'pickup'
        : 'ship'
      : 'digital',
    status,
    lines: fulfillment.lines.map((line) => ({
      lineId: line.lineId,
      sku: line.sku,
      quantity: decimal(line.quantity),
      serialNumbers: [],
    })),
    packages: fulfillment.packages.map(({ carrier, number, url }) => ({
      carrier,
      trackingNumber: number,
      trackingUrl: url,
      weightGrams: null,
      sscc: null,
    })),
    shippedAt: left ? fulfillment.createdAt : null,
    deliveredAt: status === 'delivered' ? fulfillment.deliveredAt : null,
    extensions: {},
  };
}
