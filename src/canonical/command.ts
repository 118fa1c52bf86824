import { z } from 'zod';
import { decimalSchema } from './decimal.ts';
import { shipmentSchema } from './fulfillment.ts';
import { moneySchema } from './money.ts';
import { orderSchema } from './order.ts';
import { externalRefSchema, instantSchema, textSchema } from './primitives.ts';

/** Where an order stands for the people who look at it in a CRM: derived by the process, never one linear chain. */
export const orderStatuses = [
  'captured',
  'on-hold',
  'released',
  'partially-shipped',
  'shipped',
  'invoiced',
  'closed',
  'cancelled',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** What an edit changed of an order: of one of its lines, or of what stands above them. */
export const editKinds = [
  'line-added',
  'line-removed',
  'quantity-raised',
  'quantity-lowered',
  'price-changed',
  'address-changed',
  'charges-changed',
  'terms-changed',
] as const;
export type EditKind = (typeof editKinds)[number];

/** What a process may ask of a platform, by name, with the payload in our words. A connector says which it can do. */
export const commandPayloads = {
  /** Re-reads the order where it was captured; `done.events` brings it back. */
  'storefront.order.read': z.strictObject({ order: externalRefSchema }),
  /** Tells the storefront that goods left; one shipment, one call. */
  'storefront.fulfillment.create': z.strictObject({
    order: externalRefSchema,
    shipment: shipmentSchema,
    notifyCustomer: z.boolean(),
  }),
  /**
   * Takes authorised money until `upTo` is captured from the authorization in all: a mark, so that asking again takes nothing twice. `final` lets go
   * of what is authorised beyond it. `rejected` with code `capture-declined` when the bank says no.
   */
  'storefront.payment.capture': z.strictObject({
    order: externalRefSchema,
    authorization: externalRefSchema,
    upTo: moneySchema('presentment'),
    final: z.boolean(),
  }),
  /** Gives up an authorization of which nothing was captured; `rejected` with code `already-captured` once something was. */
  'storefront.payment.void': z.strictObject({ order: externalRefSchema, authorization: externalRefSchema }),
  /**
   * Tells the storefront how a shipment that it knows went on: `ready-for-pickup`, `collected`, `delivered` or `undeliverable`. `fulfillment` is
   * the storefront's record of it. Optional.
   */
  'storefront.fulfillment.update': z.strictObject({
    order: externalRefSchema,
    fulfillment: externalRefSchema,
    shipment: shipmentSchema,
    notifyCustomer: z.boolean(),
  }),
  /** Makes the order in the ERP and carries it to where the warehouse sees it. `done.refs` holds the ERP's record. */
  'erp.order.create': z.strictObject({ order: orderSchema }),
  /** Takes back an order that the ERP has; `rejected` with code `too-late` once goods left. */
  'erp.order.cancel': z.strictObject({ order: externalRefSchema, number: textSchema, reason: textSchema }),
  /**
   * Gives an order that the ERP has the form of `order`, whose lines' `current` is what is wanted of them now (0: nothing more). `changes`
   * says what is new since the form that the ERP was given last, as a help; what it has is to be compared with `order`. `rejected` with code
   * `too-late` where goods of a line that is to shrink leave or have left, `cannot-amend` where the ERP cannot change this at all, each
   * without effect. `total` is what it should come to; null where the source does not say.
   */
  'erp.order.amend': z.strictObject({
    order: orderSchema,
    erp: externalRefSchema,
    number: z.string().nullable(),
    changes: z.array(
      z.strictObject({
        kind: z.enum(editKinds),
        lineId: z.string().nullable(),
        sku: z.string().nullable(),
        from: decimalSchema.nullable(),
        to: decimalSchema.nullable(),
      }),
    ),
    total: moneySchema('presentment').nullable(),
  }),
  /** The order, its account (and contact, items) in the CRM, with the status shown there. */
  'crm.order.upsert': z.strictObject({
    order: orderSchema,
    status: z.enum(orderStatuses),
    erp: z.strictObject({ ref: externalRefSchema, number: z.string().nullable() }).nullable(),
    payment: z
      .strictObject({
        paid: moneySchema('presentment').describe('captured or paid otherwise; refunds are not taken off'),
        refunded: moneySchema('presentment'),
        capturable: moneySchema('presentment').describe('authorised and still to be captured'),
        captureBy: instantSchema.nullable().describe('when the first of that lapses, where it is said'),
        attention: textSchema.nullable().describe('cause of what needs a person in the payment, if anything'),
      })
      .exactOptional()
      .describe('absent while no movement of money is known'),
    shipments: z.array(shipmentSchema),
    invoices: z.array(
      z.strictObject({ ref: externalRefSchema, number: z.string().nullable(), status: textSchema }),
    ),
  }),
  /**
   * Writes which customer a record stands for: records of one customer carry the same identity. `customer` is the record at its own platform;
   * another platform means by it the record that it made for it under our key, and answers done without an effect where it has none. An upsert, and taken back by the same
   * command with another identity, so that nothing is lost by it; `members` are all the records of that customer, for people.
   */
  'customer.identify': z.strictObject({
    customer: externalRefSchema,
    identity: textSchema,
    members: z.array(externalRefSchema),
  }),
} as const;
export type CommandName = keyof typeof commandPayloads;
export type CommandPayload<N extends CommandName> = z.infer<(typeof commandPayloads)[N]>;
