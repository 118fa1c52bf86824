import { z } from 'zod';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import { shopifyRef } from '../gid.ts';
import { customerSubject } from './customer.ts';
import { gidSchema } from './source/scalars.ts';

const keptSchema = z.object({ admin_graphql_api_customer_kept_id: gidSchema('Customer') });
const bodySchema = keptSchema.extend({
  admin_graphql_api_customer_deleted_id: gidSchema('Customer'),
  /** In either case, as the mutation's enum and the webhook write it. */
  status: z.string().transform((status) => status.toLowerCase()),
});

/** customers/merge: comes also while a merge is under way and when it failed; only a completed one says anything. */
export const customerMerge: InboundMapping = {
  subject: (body, connection) =>
    customerSubject(connection, parseWith(keptSchema, body).admin_graphql_api_customer_kept_id),
  map({ body, connection, occurredAt, bodyHash }): readonly CanonicalEvent[] {
    const merge = parseWith(bodySchema, body);
    if (merge.status !== 'completed') return [];
    const subject = customerSubject(connection, merge.admin_graphql_api_customer_kept_id);
    return [
      {
        type: 'customer.merged',
        subject,
        version: { at: occurredAt, hash: bodyHash },
        data: {
          survivor: subject.ref,
          merged: [shopifyRef(connection, 'Customer', merge.admin_graphql_api_customer_deleted_id)],
        },
      },
    ];
  },
};
