import { z } from 'zod';
import { systems } from './journal-files.ts';

const share = z.number().min(0).max(1);
const ms = z.int().nonnegative();
const at = { id: z.string(), retailer: z.string().optional(), system: z.enum(systems).optional() };

/** Something that platforms do wrong until told to stop: at one system of one retailer, or wherever it applies. */
export const spellSchema = z.discriminatedUnion('deed', [
  z.strictObject({ ...at, deed: z.enum(['429', '429-retry-after', '500', '503', 'error-body']), share }),
  z.strictObject({ ...at, deed: z.literal('answer-lost'), share }),
  z.strictObject({ ...at, deed: z.literal('effect-late'), share, lateMs: ms }),
  z.strictObject({
    ...at,
    deed: z.literal('webhooks'),
    duplicated: share,
    dropped: share,
    malformed: share,
    forged: share,
    late: share,
    lateMs: ms,
    shuffleMs: ms,
  }),
  z.strictObject({ ...at, deed: z.enum(['unknown-field', 'changed-type', 'poison']), share }),
  z.strictObject({ ...at, deed: z.literal('access-expired'), times: z.int().positive() }),
  z.strictObject({ ...at, deed: z.literal('secret-rotated'), secret: z.string().min(1) }),
]);
export type Spell = z.output<typeof spellSchema>;
