import { z } from 'zod';
import type { Subject } from '#canonical/identity.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';
import { shopifyRef } from '../gid.ts';
import { gidSchema, idSchema } from './source/scalars.ts';

const objectSchema = z.record(z.string(), z.unknown());

/** The order that a message is about. It founds the identity, so that a payment that comes first waits in the same lane. */
export const orderSubject = (connection: string, id: string): Subject => ({
  entity: 'order',
  ref: shopifyRef(connection, 'Order', id),
  founds: true,
});

/** The exact number of the order whose body this is. @throws UnmappableError */
export function idOfOrderBody(body: { readonly [key: string]: unknown }): string {
  const global = body['admin_graphql_api_id'];
  if (global !== undefined && global !== null) {
    const read = gidSchema('Order').safeParse(global);
    if (!read.success) throw unmappable('admin_graphql_api_id', 'must be a gid://shopify/Order/... id');
    return read.data;
  }
  return idAt(body, 'id');
}

/** The number of a record that another one points at. @throws UnmappableError */
export function idAt(body: { readonly [key: string]: unknown }, field: string): string {
  const read = idSchema.safeParse(body[field]);
  if (!read.success) throw unmappable(field, 'must be the number of a record');
  return read.data;
}

/** The body as an object. @throws UnmappableError */
export const objectBody = (body: unknown): { readonly [key: string]: unknown } =>
  parseWith(objectSchema, body);
