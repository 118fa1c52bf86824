import { findEntities } from '#ops/trace.ts';
import type { JournalAccess } from './journal-access.ts';

/** The one order that an identifier means. @throws Error when it means none, or several */
export async function oneOrder(
  { database, master, tenant }: JournalAccess,
  identifier: string,
): Promise<string> {
  const found = await findEntities(database, master, tenant, identifier);
  const orders = found.filter((entity) => entity.startsWith('order:'));
  const [order] = orders;
  if (order === undefined) throw new Error(`no order here is called "${identifier}"`);
  if (orders.length > 1) throw new Error(`"${identifier}" may mean ${orders.join(', ')}: name one of them`);
  return order;
}
