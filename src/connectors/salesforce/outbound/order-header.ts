import type { CommandPayload } from '#canonical/command.ts';
import type { Order } from '#canonical/order.ts';
import { addressFields } from './address-fields.ts';
import { type AmountView, asDecimal, minorOf } from './order-amounts.ts';
import { namedFields } from './order-items.ts';
import { optionalText, type RenderScope, text } from './render-scope.ts';
import type { Fields, FieldValue, OrderUpsertRequest } from './request.ts';
import { standardLengths as max } from './standard-lengths.ts';

type Payload = CommandPayload<'crm.order.upsert'>;

/** The order record itself, in three parts: set once, open while it is a draft, open always. */
export function orderHeader(
  scope: RenderScope,
  payload: Payload,
  key: string,
  view: AmountView,
): OrderUpsertRequest['order'] {
  const { org } = scope;
  const { order } = payload;
  const activated = org.orderMode === 'activated' && org.activeFrom.includes(payload.status);
  const recordType = org.recordTypeIds.order;
  return {
    key: text(scope, key, max.externalId, 'order.id'),
    createOnly: { ...(recordType !== null && { RecordTypeId: recordType }) },
    draftFields: {
      Name: text(scope, order.number, max.orderName, 'order.number'),
      OrderReferenceNumber: text(scope, order.number, max.orderReferenceNumber, 'order.number'),
      EffectiveDate: order.businessDate ?? dateIn(org.timeZone, order.orderedAt),
      PoNumber: optionalText(scope, order.poNumber, max.poNumber, 'order.poNumber'),
      ...addressFields(scope, 'Billing', order.billTo.address, 'order.billTo.address'),
      ...addressFields(scope, 'Shipping', order.shipTo.address, 'order.shipTo.address'),
    },
    fields: customFields(scope, payload, view),
    draftStatus: activated || org.orderMode === 'activated' ? org.draftStatus : org.statuses[payload.status],
    activatedStatus: activated ? org.statuses[payload.status] : null,
  };
}

function customFields(
  scope: RenderScope,
  { order, status, erp, shipments, invoices }: Payload,
  view: AmountView,
): Fields {
  const names = scope.org.orderFields;
  const long = (value: string | null, path: string) => optionalText(scope, value, max.longText, path);
  const list = (values: readonly (string | null)[], path: string) =>
    long([...new Set(values.filter((value) => value !== null && value !== ''))].join(', '), path);
  const amount = (bag: Order['totals']['grand']): FieldValue => ({
    decimal: asDecimal(view, minorOf(view, bag)),
  });
  const values: Record<keyof typeof names, FieldValue> = {
    status,
    channel: order.channel.kind,
    storefrontId: order.ref.id,
    erpNumber: erp === null ? null : (erp.number ?? erp.ref.id),
    trackingNumbers: list(
      shipments.flatMap((shipment) => shipment.packages.map((parcel) => parcel.trackingNumber)),
      'shipments',
    ),
    invoiceNumbers: list(
      invoices.map((invoice) => invoice.number ?? invoice.ref.id),
      'invoices',
    ),
    grandTotal: amount(order.totals.grand),
    taxTotal: amount(order.totals.tax),
    outstanding: amount(order.totals.outstanding),
    paymentState: order.payment.state,
    orderedAt: order.orderedAt,
    cancelledAt: order.cancelled?.at ?? null,
    cancelReason: long(order.cancelled?.reason ?? null, 'order.cancelled.reason'),
    shipToName: long(order.shipTo.address?.name ?? null, 'order.shipTo.address.name'),
    shippingMethod: list(
      order.shipping.map((line) => line.title),
      'order.shipping',
    ),
    holds: list(
      order.holds.map((hold) => hold.kind),
      'order.holds',
    ),
    note: long(order.note, 'order.note'),
  };
  return namedFields(names, values);
}

/** The calendar date at an instant in a time zone: a Date field has no zone, so 23:30 in New York must not become tomorrow. */
export function dateIn(timeZone: string, instant: string): string {
  const parts = calendarOf(timeZone).formatToParts(new Date(instant));
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((candidate) => candidate.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** Made once a zone: making one takes longer than all else about an order's header. */
const calendars = new Map<string, Intl.DateTimeFormat>();
function calendarOf(timeZone: string): Intl.DateTimeFormat {
  const known = calendars.get(timeZone);
  if (known !== undefined) return known;
  const calendar = new Intl.DateTimeFormat('en', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    calendar: 'iso8601',
  });
  calendars.set(timeZone, calendar);
  return calendar;
}
