import { z } from 'zod';

/** Why a mutation did nothing although the answer is 200. Some types carry a code, `UserError` does not. */
export const userErrors = z.array(
  z.object({
    field: z.array(z.string()).nullable(),
    message: z.string(),
    code: z.string().nullish(),
  }),
);
export type UserErrors = z.output<typeof userErrors>;
