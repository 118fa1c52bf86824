import { z } from 'zod';

/** The settings of one Example connection. */
export const configSchema = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .describe('root of the API, e.g. https://erp.example.com; the only host that is ever called'),
  apiKey: z.string().min(8).meta({ secret: true }).describe('key of the integration user'),
  signingSecret: z.string().min(8).meta({ secret: true }).describe('signs the webhooks that Example sends'),
  concurrency: z.int().min(1).max(50).default(4).describe('calls at the same time'),
});
export type ExampleConfig = z.infer<typeof configSchema>;
