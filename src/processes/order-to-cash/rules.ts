import { z } from 'zod';
import type { CommandName } from '#canonical/command.ts';
import { fulfillmentMethods, shipmentStates } from '#canonical/fulfillment.ts';
import { paymentStates } from '#canonical/payment.ts';
import { textSchema } from '#canonical/primitives.ts';
import { paymentRules, refusePaymentDeadlock } from './payment-rules.ts';

export const holdKinds = ['fraud', 'payment', 'address', 'stock', 'manual', 'other'] as const;

const releaseRules = z
  .strictObject({
    paymentStates: z
      .array(z.enum(paymentStates))
      .default(['authorized', 'paid', 'partially-refunded'])
      .describe(
        'payment states in which the ERP may have the order. `partially-paid` is left out: goods for money that is not there are a credit decision of the retailer',
      ),
    onPaymentTerms: z
      .boolean()
      .default(true)
      .describe('an order with payment terms is released although its payment is pending or partial'),
    holdKinds: z
      .array(z.enum(holdKinds))
      .default([...holdKinds])
      .describe('holds on the order that keep it out of the ERP'),
    fulfillmentHolds: z
      .enum(['any', 'all', 'none'])
      .default('any')
      .describe('whether any, only all, or no fulfilment orders on hold keep the order out of the ERP'),
    whenShort: z
      .enum(['release', 'wait'])
      .default('release')
      .describe('what happens to an order for which stock was short: the ERP gets it, or it waits'),
    urgentShipping: z
      .array(textSchema)
      .default([])
      .describe(
        "codes of the source's shipping methods (as in the ship-method crosswalk) whose orders go before others in the queues of the platforms: express, collection",
      ),
    maxTries: z
      .int()
      .positive()
      .default(5)
      .describe('how often the ERP order is asked for anew after `stale`, without the order having changed'),
  })
  .prefault({});

const fulfillmentRules = z
  .strictObject({
    tellOf: z
      .array(z.enum(shipmentStates))
      .default(['shipped', 'collected', 'delivered', 'undeliverable'])
      .describe('states in which a shipment of the ERP is told to the storefront; once a shipment'),
    tellDeliveries: z
      .boolean()
      .default(false)
      .describe(
        'the storefront is also told how a shipment that it knows went on in the ERP: ready for pick-up, collected, delivered, undeliverable. Its connector may need a further permission for that',
      ),
    methods: z
      .array(z.enum(fulfillmentMethods))
      .default([...fulfillmentMethods])
      .describe('ways of delivery of which the storefront is told'),
    notifiesCustomer: z
      .enum(['storefront', 'erp', 'nobody'])
      .default('storefront')
      .describe('who sends the shipping notice; only `storefront` lets the storefront send one'),
  })
  .prefault({});

const reservationRules = z
  .strictObject({
    defaultLocation: textSchema
      .default('default')
      .describe('where goods are reserved while no fulfilment order names a location'),
    locations: z
      .record(textSchema, textSchema)
      .default({})
      .describe("our location by the source's location id; an id that is missing means the default location"),
    routing: z
      .enum(['promised', 'by-stock'])
      .default('promised')
      .describe(
        "who says where goods leave from: the source's fulfilment orders, else the default location; or, where those name none, the first of `places` that serves the method and has the goods",
      ),
    places: z
      .array(
        z.strictObject({
          id: textSchema.describe('our location'),
          methods: z
            .array(z.enum(fulfillmentMethods))
            .default(['ship'])
            .describe('ways of delivery from there'),
        }),
      )
      .default([])
      .describe('locations in the sequence in which they are preferred, for `by-stock`'),
    whenErpRefuses: z
      .enum(['keep', 'release'])
      .default('keep')
      .describe('whether goods stay reserved while the ERP refuses the order'),
  })
  .prefault({});

const closeRules = z
  .strictObject({
    invoiced: z
      .boolean()
      .default(true)
      .describe('closing needs posted invoices for the whole order; without an ERP it never does'),
    paid: z.boolean().default(true).describe('closing needs the payment'),
    invoiceToleranceMinor: z
      .int()
      .nonnegative()
      .default(5)
      .describe(
        'by how many minor units the invoices may miss the total: taxes are rounded by line here and by document there',
      ),
  })
  .prefault({});

const readRules = z
  .strictObject({
    rereadAfterMs: z
      .int()
      .positive()
      .default(60_000)
      .describe('how long the answer of a read may take before it is asked again; doubles each time'),
    maxReads: z.int().positive().default(5).describe('reads for one need, before a person is asked'),
    maxTieReads: z
      .int()
      .positive()
      .default(5)
      .describe(
        'reads to settle unlike bodies of one source instant; afterwards what the last of them said stands',
      ),
  })
  .prefault({});

const censusRules = z
  .strictObject({
    missingAfterMs: z
      .int()
      .positive()
      .default(60_000)
      .describe('how long after it is due an order may stay unseen in the ERP before somebody is told'),
  })
  .prefault({});

const editRules = z
  .strictObject({
    amend: z
      .boolean()
      .default(true)
      .describe(
        'an edit at the storefront is carried into the order that the ERP has, where its connector can do that; else a person is told',
      ),
  })
  .prefault({});

/** What a retailer decides about its orders, key by key. A key that is not listed fails. */
export const orderRulesShape = z.strictObject({
  erp: textSchema.nullable().default(null).describe('connection of the ERP; null: none'),
  crm: textSchema.nullable().default(null).describe('connection of the CRM; null: none'),
  sources: z
    .array(textSchema)
    .nullable()
    .default(null)
    .describe('connections that capture orders; null: every one that is neither the ERP nor the CRM'),
  testOrders: z
    .enum(['reject', 'process'])
    .default('reject')
    .describe('test orders are rejected, or (in a sandbox) treated as real ones'),
  can: z
    .record(textSchema, z.array(textSchema))
    .default({})
    .describe(
      'by connection, the commands that its connector knows; told by the connectors, not by the retailer. What is not listed of the optional ones is not asked for',
    ),
  release: releaseRules,
  payments: paymentRules,
  edits: editRules,
  fulfillment: fulfillmentRules,
  reservation: reservationRules,
  close: closeRules,
  reads: readRules,
  census: censusRules,
});

/** What a retailer decides about its orders. Data: schema-checked, versioned; also refuses what makes sense only key by key. */
export const orderRulesSchema = orderRulesShape.superRefine(refusePaymentDeadlock);
export type OrderRules = z.infer<typeof orderRulesSchema>;

/** Whether the connector of a connection knows a command that not every one does. */
export const canDo = ({ can }: OrderRules, connection: string | null, command: CommandName): boolean =>
  connection !== null && (can[connection]?.includes(command) ?? false);

/** Whether a connection may be the one that captured the order. */
export function capturesOrders(connection: string, rules: OrderRules): boolean {
  if (rules.sources !== null) return rules.sources.includes(connection);
  return connection !== rules.erp && connection !== rules.crm;
}
