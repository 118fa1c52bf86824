import { z } from 'zod';
import { watchedObjects } from './watched-objects.ts';

const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]):\d+$/;

/** How the org's changes are read. Holds no secret. */
export const changesConfigSchema = z
  .strictObject({
    endpoint: z
      .string()
      .regex(/^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, 'must be host:port')
      .default('api.pubsub.salesforce.com:7443')
      .describe('host and port of the Pub/Sub API; api.deu.pubsub.salesforce.com:7443 in the EU'),
    topic: z
      .string()
      .regex(/^\/data\/[A-Za-z0-9_]+$/, 'must be a topic such as "/data/ChangeEvents"')
      .default('/data/ChangeEvents')
      .describe('all selected objects, or a custom channel such as /data/Tallyport__chn that carries less'),
    objects: z
      .array(z.enum(watchedObjects))
      .min(1)
      .default([...watchedObjects])
      .describe('whose changes are taken in; each has to be selected for Change Data Capture'),
    ownChanges: z
      .enum(['by-client', 'by-user'])
      .default('by-client')
      .describe(
        'which changes are our own and not read back: those that carry clientName, or all of the integration user as well (only where no other integration uses it)',
      ),
    overlapMs: z
      .int()
      .min(0)
      .default(10 * 60_000)
      .describe(
        'how far a query for what was missed reaches back: transactions that commit late, clocks that differ',
      ),
    gatherMs: z
      .int()
      .min(0)
      .max(30_000)
      .default(5_000)
      .describe('how long changes are gathered before the records are read: one API call serves all of them'),
    checkEveryMs: z
      .int()
      .min(60_000)
      .default(3_600_000)
      .describe('how often all that was modified is queried to find a change of which no event told'),
    plaintext: z.boolean().default(false).describe('without TLS; only for an emulator on this machine'),
    certificateAuthority: z
      .string()
      .includes('CERTIFICATE', { message: 'must be PEM' })
      .nullable()
      .default(null)
      .describe('certificates (PEM) trusted instead of the usual ones, e.g. of a proxy that inspects TLS'),
  })
  .refine((changes) => !changes.plaintext || loopback.test(changes.endpoint), {
    path: ['plaintext'],
    message: 'is only for an endpoint on this machine',
  });
export type ChangesConfig = z.infer<typeof changesConfigSchema>;
