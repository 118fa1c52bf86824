import { z } from 'zod';
import type { Operation } from './operation.ts';

/** The cheapest question that proves that the shop answers and lets us in. */
export const shopIdQuery: Operation<{ shop: { id: string } }> = {
  name: 'ShopId',
  kind: 'query',
  text: 'query ShopId { shop { id } }',
  data: z.object({ shop: z.object({ id: z.string() }) }),
};
