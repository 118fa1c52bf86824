import { z } from 'zod';
import { shipmentSchema } from './fulfillment.ts';
import { orderSchema } from './order.ts';
import { externalRefSchema, textSchema } from './primitives.ts';

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
  /** Makes the order in the ERP and carries it to where the warehouse sees it. `done.refs` holds the ERP's record. */
  'erp.order.create': z.strictObject({ order: orderSchema }),
  /** Takes back an order that the ERP has; `rejected` with code `too-late` once goods left. */
  'erp.order.cancel': z.strictObject({ order: externalRefSchema, number: textSchema, reason: textSchema }),
  /** The order, its account (and contact, items) in the CRM, with the status shown there. */
  'crm.order.upsert': z.strictObject({
    order: orderSchema,
    status: z.enum(orderStatuses),
    erp: z.strictObject({ ref: externalRefSchema, number: z.string().nullable() }).nullable(),
    shipments: z.array(shipmentSchema),
    invoices: z.array(
      z.strictObject({ ref: externalRefSchema, number: z.string().nullable(), status: textSchema }),
    ),
  }),
} as const;
export type CommandName = keyof typeof commandPayloads;
export type CommandPayload<N extends CommandName> = z.infer<(typeof commandPayloads)[N]>;
