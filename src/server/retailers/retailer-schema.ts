import { z } from 'zod';
import { orderRulesShape } from '#processes/order-to-cash/rules.ts';
import { customerRulesSchema } from '#processes/customer-identity/rules.ts';
import { connectors } from '../connectors.ts';

/** Names of tenants and connections stand in addresses and in keys of the journal. */
const idSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be small letters, digits and "-", at most 63');

const connectionSchema = z.strictObject({
  connector: z.enum(connectors.map(({ id }) => id)).describe('which platform'),
  enabled: z
    .boolean()
    .default(true)
    .describe(
      'false: kept in the file, but neither opened nor asked for its variables, such as the ERP to come',
    ),
  config: z.record(z.string(), z.unknown()).describe("the connector's own settings"),
  allowPrivateAddresses: z
    .boolean()
    .default(false)
    .describe(
      'whether the platform may have an address in a private network, such as an ERP on the premises',
    ),
  trustedCertificates: z
    .string()
    .includes('BEGIN CERTIFICATE', { message: 'must be certificates in PEM form' })
    .optional()
    .describe("certificates (PEM) trusted instead of the system's, for an ERP with an authority of its own"),
});

/** What a retailer decides about its orders, without who plays which role. */
export const ownOrderRulesSchema = orderRulesShape.omit({
  erp: true,
  crm: true,
  sources: true,
  can: true,
});

/** What a retailer decides about who counts as one customer. */
const ownCustomerRulesSchema = customerRulesSchema.omit({ identify: true });

/** retailer.json: a retailer as data. Keys that are not listed fail. */
export const retailerSchema = z.strictObject({
  $schema: z.string().optional().describe('for editors'),
  tenant: idSchema.describe('heads every key of the journal; never changed after the first start'),
  name: z.string().min(1).describe('what people call it'),
  connections: z
    .record(idSchema, connectionSchema)
    .describe(
      "accounts on platforms, by the retailer's own name for each; never renamed after the first start",
    ),
  roles: z
    .strictObject({
      storefronts: z
        .array(idSchema)
        .default([])
        .describe('connections that capture orders; none named: every one that is neither ERP nor CRM'),
      erp: idSchema.nullable().default(null).describe('connection that gets the orders; null: none'),
      crm: idSchema.nullable().default(null).describe('connection that shows the orders; null: none'),
    })
    .prefault({})
    .describe('who plays which part'),
  rules: z
    .strictObject({
      'order-to-cash': ownOrderRulesSchema.prefault({}).describe('how an order goes from capture to close'),
      'customer-identity': ownCustomerRulesSchema
        .prefault({})
        .describe('which customer records are one customer'),
    })
    .prefault({})
    .describe('what the retailer decides, by process'),
  alerts: z
    .strictObject({
      webhookUrl: z
        .url({ protocol: /^https?$/ })
        .describe('where alerts are posted, signed as Standard Webhooks'),
      secret: z.string().min(1).meta({ secret: true }).describe('the secret that signs them, "whsec_..."'),
      allowPrivateAddresses: z
        .boolean()
        .default(false)
        .describe('whether the receiver may have an address in a private network'),
    })
    .nullable()
    .default(null)
    .describe('who is told when something needs a person; null: nobody'),
});
export type RetailerFile = z.output<typeof retailerSchema>;
