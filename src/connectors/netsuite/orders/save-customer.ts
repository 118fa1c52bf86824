import { createHash } from 'node:crypto';
import type { NetSuiteClient, Session } from '../client.ts';
import { rejected } from '../answers/failure.ts';
import type { CustomerRequest } from '../outbound/request.ts';
import { toExactJson } from '#connector-sdk/exact-json.ts';

/** Writes the customer under its external id, unless it was written just so a moment ago: a save costs a slot for seconds. */
export async function saveCustomer(
  session: Session,
  client: NetSuiteClient,
  { key, fields }: CustomerRequest,
): Promise<void> {
  const body = toExactJson(fields);
  const hash = createHash('sha256').update(body).digest('hex');
  if (client.known.get(`customer\n${key}`) === hash) return;
  const written = await session.write('PUT', `/customer/eid:${key}`, body);
  // An entity id is unique over customers, vendors and employees; an external id over the customers.
  if ('duplicate' in written) throw rejected('duplicate-customer', written.duplicate);
  if ('missing' in written) throw rejected('not-found', written.missing);
  client.known.set(`customer\n${key}`, hash);
}
