import { z } from 'zod';
import { decimalSchema } from '#canonical/decimal.ts';
import { textSchema } from '#canonical/primitives.ts';

/** An order as Example's API and webhooks write it. Unknown fields are let through: the platform may add some. */
export const orderRecordSchema = z.object({
  id: textSchema,
  number: textSchema,
  status: z.enum(['open', 'shipped', 'cancelled']),
  currency: z.string().regex(/^[A-Z]{3}$/),
  total: decimalSchema,
  changedAt: z.iso.datetime({ precision: 3 }),
});
export type OrderRecord = z.infer<typeof orderRecordSchema>;
/** The same as it stands in JSON, before it is checked. */
export type OrderJson = z.input<typeof orderRecordSchema>;
