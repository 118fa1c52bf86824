import type { Session, Written } from '../client.ts';
import type { OrderView } from './order-view.ts';

/** Closes every line that is still open: the order then is closed. Lines are never removed, since documents may hang on them. */
export async function closeOrder(session: Session, order: OrderView): Promise<Written> {
  const items = order.item.items
    .filter(({ isClosed }) => isClosed !== true)
    .map(({ line }) => ({ line, isClosed: true }));
  return session.write('PATCH', `/salesOrder/${order.id}`, JSON.stringify({ item: { items } }));
}
