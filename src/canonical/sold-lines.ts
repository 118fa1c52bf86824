import { compareDecimals, decimal } from './decimal.ts';
import type { Order } from './order.ts';
import type { OrderLine } from './order-line.ts';

const zero = decimal(0);

/**
 * Which of an order's lines a document of sale holds. A configurable line is the variant itself; of a bundle whose parts are charged only
 * the parts are sold, else the bundle and what belongs to it. What is not wanted any more is not sold.
 */
export function soldLineTest({ lines }: Pick<Order, 'lines'>): (line: OrderLine) => boolean {
  const charged = new Set(lines.filter((line) => line.charged).map(({ id }) => id));
  const parents = new Set(lines.map(({ parentId }) => parentId));
  const configurables = new Set(
    lines.filter((line) => line.kind === 'configurable' && line.charged).map(({ id }) => id),
  );
  return ({ id, parentId, current }) => {
    if (compareDecimals(current, zero) === 0) return false;
    if (parentId !== null && configurables.has(parentId)) return false;
    return charged.has(id) || !parents.has(id);
  };
}
