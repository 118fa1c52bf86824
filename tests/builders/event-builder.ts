import { createHash } from 'node:crypto';
import { decimal } from '#canonical/decimal.ts';
import { type CanonicalEvent, canonicalEventSchema, type ErpOrder } from '#canonical/event.ts';
import type { FulfillmentOrder, Shipment } from '#canonical/fulfillment.ts';
import { money } from '#canonical/money.ts';
import type { Order } from '#canonical/order.ts';
import type { PaymentTransaction } from '#canonical/payment.ts';
import type { ExternalRef } from '#canonical/primitives.ts';

/** The version a source would give a body: its instant, and a hash of the content. */
const versionOf = (at: string, data: unknown) => ({
  at,
  hash: createHash('sha256').update(JSON.stringify(data)).digest('hex'),
});

/** Builds an event that satisfies the contract. @throws ZodError when it does not. */
const event = (value: unknown): CanonicalEvent => canonicalEventSchema.parse(value);

export const shopOrderRef: ExternalRef = { connection: 'shop', type: 'Order', id: '1001' };
const ofOrder = (ref: ExternalRef, founds = false) => ({ entity: 'order', ref, founds });

export const orderObserved = (order: Order): CanonicalEvent =>
  event({ type: 'order.observed', subject: ofOrder(order.ref, true), version: order.version, data: order });

export const orderTouched = (
  at: string,
  ref: ExternalRef = shopOrderRef,
  { body = at, listed = false }: { readonly body?: string; readonly listed?: boolean } = {},
): CanonicalEvent =>
  event({
    type: 'order.touched',
    subject: ofOrder(ref),
    version: versionOf(at, body),
    data: { reason: 'edited', listed },
  });

export const orderDeleted = (at: string, ref: ExternalRef = shopOrderRef): CanonicalEvent =>
  event({ type: 'order.deleted', subject: ofOrder(ref), version: versionOf(at, at), data: { at } });

export type TransactionSpec = Partial<Pick<PaymentTransaction, 'kind' | 'status' | 'parentId'>> & {
  readonly id?: string;
  readonly at?: string;
  readonly amountMinor?: number;
  readonly ref?: ExternalRef;
  readonly currency?: string;
  readonly expiresAt?: string | null;
  readonly multiCapture?: boolean;
};
export function paymentObserved(spec: TransactionSpec = {}): CanonicalEvent {
  const { at = '2026-11-24T10:00:00.000Z' } = spec;
  const data = transactionData(spec);
  return event({
    type: 'payment.observed',
    subject: ofOrder(spec.ref ?? shopOrderRef),
    version: versionOf(at, data),
    data,
  });
}

export function transactionData(spec: TransactionSpec = {}): PaymentTransaction {
  const { id = 't1', at = '2026-11-24T10:00:00.000Z', amountMinor = 1000, currency = 'GBP' } = spec;
  return {
    id,
    ref: { connection: 'shop', type: 'OrderTransaction', id },
    parentId: spec.parentId ?? null,
    kind: spec.kind ?? 'sale',
    status: spec.status ?? 'succeeded',
    method: 'card',
    instrument: 'card',
    amount: {
      shop: money('shop', currency, amountMinor),
      presentment: money('presentment', currency, amountMinor),
    },
    settlement: null,
    at,
    expiresAt: spec.expiresAt ?? null,
    ...(spec.multiCapture !== undefined && { multiCapture: spec.multiCapture }),
    gatewayReference: null,
    error: null,
    test: false,
    extensions: {},
  };
}

export type ShipmentSpec = Partial<Pick<Shipment, 'status' | 'method' | 'number'>> & {
  readonly id?: string;
  readonly connection?: string;
  readonly at?: string;
  readonly lines?: readonly {
    readonly lineId?: string | null;
    readonly sku?: string | null;
    readonly quantity?: string;
  }[];
  readonly tracking?: string | null;
};
export function buildShipment(spec: ShipmentSpec = {}): Shipment {
  const { id = '900', connection = 'erp' } = spec;
  return {
    schema: 'shipment/1',
    id: `shipment:${connection}:${id}`,
    ref: { connection, type: 'Shipment', id },
    number: spec.number ?? `SH-${id}`,
    location: null,
    method: spec.method ?? 'ship',
    status: spec.status ?? 'shipped',
    lines: (spec.lines ?? [{}]).map((line) => ({
      lineId: line.lineId === undefined ? 'line-1' : line.lineId,
      sku: line.sku === undefined ? 'SKU-1' : line.sku,
      quantity: decimal(line.quantity ?? '1'),
      serialNumbers: [],
    })),
    packages:
      spec.tracking === undefined || spec.tracking === null
        ? []
        : [
            {
              carrier: 'Parcel',
              trackingNumber: spec.tracking,
              trackingUrl: null,
              weightGrams: null,
              sscc: null,
            },
          ],
    shippedAt: null,
    deliveredAt: null,
    extensions: {},
  };
}

export function shipmentObserved(spec: ShipmentSpec = {}): CanonicalEvent {
  const { at = '2026-11-25T08:00:00.000Z' } = spec;
  const data = buildShipment(spec);
  const ref = spec.connection === undefined || spec.connection === 'erp' ? erpOrderRef : shopOrderRef;
  return event({ type: 'shipment.observed', subject: ofOrder(ref), version: versionOf(at, data), data });
}

export type FulfillmentOrderSpec = Partial<Pick<FulfillmentOrder, 'status' | 'holds'>> & {
  readonly id?: string;
  readonly at?: string;
  readonly quantity?: string;
  readonly location?: string;
};
export function fulfillmentOrderData(spec: FulfillmentOrderSpec = {}): FulfillmentOrder {
  const { id = '500' } = spec;
  const quantity = decimal(spec.quantity ?? '1');
  return {
    id,
    ref: { connection: 'shop', type: 'FulfillmentOrder', id },
    location:
      spec.location === undefined ? null : { connection: 'shop', type: 'Location', id: spec.location },
    method: 'ship',
    status: spec.status ?? 'open',
    lines: [{ id: `${id}-1`, lineId: 'line-1', quantity, remaining: quantity }],
    holds: spec.holds ?? [],
    fulfillAt: null,
    fulfillBy: null,
    extensions: {},
  };
}

export function fulfillmentOrderObserved(spec: FulfillmentOrderSpec = {}): CanonicalEvent {
  const { at = '2026-11-24T10:01:00.000Z' } = spec;
  const data = fulfillmentOrderData(spec);
  return event({
    type: 'fulfillment-order.observed',
    subject: ofOrder(shopOrderRef),
    version: versionOf(at, data),
    data,
  });
}

export const erpOrderRef: ExternalRef = { connection: 'erp', type: 'SalesOrder', id: '42' };

export function erpOrderObserved(spec: Partial<ErpOrder> & { readonly at?: string } = {}): CanonicalEvent {
  const { at = '2026-11-24T11:00:00.000Z', ...rest } = spec;
  const data = { ref: erpOrderRef, number: 'SO-42', status: 'confirmed', blocks: [], total: null, ...rest };
  return event({
    type: 'erp-order.observed',
    subject: ofOrder(data.ref),
    version: versionOf(at, data),
    data,
  });
}

export type InvoiceSpec = {
  readonly id?: string;
  readonly at?: string;
  readonly status?: 'draft' | 'posted' | 'paid' | 'cancelled';
  readonly kind?: 'invoice' | 'credit-memo';
  readonly totalMinor?: number;
};
export function invoiceObserved(spec: InvoiceSpec = {}): CanonicalEvent {
  const { id = '700', at = '2026-11-26T08:00:00.000Z', totalMinor = 1000 } = spec;
  const data = {
    schema: 'invoice/1',
    id: `invoice:erp:${id}`,
    ref: { connection: 'erp', type: 'Invoice', id },
    number: `INV-${id}`,
    kind: spec.kind ?? 'invoice',
    status: spec.status ?? 'posted',
    date: '2026-11-26',
    dueDate: null,
    net: money('presentment', 'GBP', totalMinor),
    tax: money('presentment', 'GBP', 0),
    total: money('presentment', 'GBP', totalMinor),
    extensions: {},
  };
  return event({
    type: 'invoice.observed',
    subject: ofOrder(erpOrderRef),
    version: versionOf(at, data),
    data,
  });
}
