import { z } from 'zod';
import { extensionsSchema, externalRefSchema, instantSchema, textSchema } from './primitives.ts';

/** A customer-service case (a complaint, a question, a return request). */
export const caseSchema = z
  .strictObject({
    schema: z.literal('case/1'),
    id: textSchema,
    ref: externalRefSchema,
    number: z.string().nullable(),
    subject: z.string().nullable(),
    status: textSchema,
    closed: z.boolean(),
    priority: z.string().nullable(),
    origin: z.string().nullable(),
    reason: z.string().nullable(),
    customer: externalRefSchema.nullable(),
    orderId: z.string().nullable(),
    createdAt: instantSchema.nullable(),
    closedAt: instantSchema.nullable(),
    extensions: extensionsSchema,
  })
  .meta({ id: 'Case' });
export type Case = z.infer<typeof caseSchema>;
