import type { z } from 'zod';

/** One GraphQL operation with what we read of its answer. Its text is checked against Shopify's schema in queries.test.ts. */
export type Operation<Data> = {
  readonly name: string;
  /** A mutation whose answer is lost may have taken effect. */
  readonly kind: 'query' | 'mutation';
  readonly text: string;
  readonly data: z.ZodType<Data>;
};
