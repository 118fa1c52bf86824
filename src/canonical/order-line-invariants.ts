import { addDecimals, compareDecimals, type Decimal, decimal } from './decimal.ts';
import { type OrderLine, quantityBuckets } from './order-line.ts';
import { type OrderProblem, repeatedAt } from './order-problem.ts';
import type { Order } from './order.ts';

const zero = decimal(0);
const larger = (a: Decimal, b: Decimal): Decimal => (compareDecimals(a, b) < 0 ? b : a);

/** Contradictions among an order's lines: their names, their parents, what is charged, their discounts and their quantities. */
export function lineProblems(order: Order): readonly OrderProblem[] {
  const ids = order.lines.map(({ id }) => id);
  return [
    ...repeatedAt(ids).map((index) => ({
      path: `lines[${index}].id`,
      message: `"${ids[index]}" names two lines`,
    })),
    ...order.lines.flatMap((line, index) => parentProblems(order, line, `lines[${index}]`)),
    ...order.lines.flatMap((line, index) => chargeProblems(order, line, `lines[${index}]`)),
    ...order.lines.flatMap((line, index) => quantityProblems(line, `lines[${index}]`)),
    ...discountProblems(order),
  ];
}

function parentProblems(order: Order, line: OrderLine, path: string): readonly OrderProblem[] {
  const byId = new Map(order.lines.map((other) => [other.id, other]));
  const seen = new Set([line.id]);
  for (let { parentId } = line; parentId !== null;) {
    const parent = byId.get(parentId);
    if (parent === undefined) {
      return parentId === line.parentId
        ? [{ path: `${path}.parentId`, message: `there is no line "${parentId}"` }]
        : [];
    }
    if (seen.has(parentId)) return [{ path: `${path}.parentId`, message: 'a line belongs to itself' }];
    seen.add(parentId);
    parentId = parent.parentId;
  }
  return [];
}

/** Of a composed line and its components, one side is charged: both is paid twice, neither is given away. */
function chargeProblems(order: Order, line: OrderLine, path: string): readonly OrderProblem[] {
  const problems: OrderProblem[] = [];
  const isComposed = line.kind === 'bundle' || line.kind === 'kit' || line.kind === 'configurable';
  const children = order.lines.filter(({ parentId }) => parentId === line.id);
  if (isComposed && children.length > 0) {
    const charged = children.filter((child) => child.charged).length;
    if (line.charged && charged > 0)
      problems.push({ path: `${path}.charged`, message: 'both the line and its components are charged' });
    if (!line.charged && charged === 0)
      problems.push({ path: `${path}.charged`, message: 'neither the line nor a component is charged' });
  }
  if (
    !line.charged &&
    (line.discounts.length > 0 || line.taxes.some(({ amount }) => amount.presentment.amountMinor !== 0))
  ) {
    problems.push({
      path: `${path}.charged`,
      message: 'a line that is not charged carries a discount or a tax',
    });
  }
  return problems;
}

function quantityProblems(line: OrderLine, path: string): readonly OrderProblem[] {
  const { quantities, ordered, current } = line;
  const whole = larger(ordered, current);
  const standing = quantityBuckets
    .filter((bucket) => bucket !== 'returned')
    .map((bucket) => quantities[bucket]);
  const sum = standing.reduce((total, quantity) => addDecimals(total, quantity), zero);
  const left = [quantities.shipped, quantities.collected, quantities.delivered].reduce(
    (total, quantity) => addDecimals(total, quantity),
    zero,
  );
  const problems: OrderProblem[] = quantityBuckets
    .filter((bucket) => compareDecimals(quantities[bucket], zero) < 0)
    .map((bucket) => ({
      path: `${path}.quantities.${bucket}`,
      message: `${quantities[bucket]} is negative`,
    }));
  if (compareDecimals(ordered, zero) < 0)
    problems.push({
      path: `${path}.ordered`,
      message: `${ordered} is negative: a return is a record of its own`,
    });
  if (compareDecimals(current, zero) < 0)
    problems.push({ path: `${path}.current`, message: `${current} is negative` });
  if (compareDecimals(sum, whole) !== 0)
    problems.push({ path: `${path}.quantities`, message: `sum to ${sum}, not to the ${whole} of the line` });
  if (compareDecimals(quantities.returned, left) > 0) {
    problems.push({
      path: `${path}.quantities.returned`,
      message: `${quantities.returned} came back of ${left} that left`,
    });
  }
  return problems;
}

function discountProblems(order: Order): readonly OrderProblem[] {
  const ids = order.discounts.map(({ id }) => id);
  const known = new Set(ids);
  const check = (list: 'lines' | 'shipping') =>
    order[list].flatMap(({ discounts }, index) =>
      discounts.flatMap(({ discountId, amount }, at) => {
        const path = `${list}[${index}].discounts[${at}]`;
        const problems: OrderProblem[] = [];
        if (!known.has(discountId))
          problems.push({ path: `${path}.discountId`, message: `there is no discount "${discountId}"` });
        if (amount.shop.amountMinor < 0 || amount.presentment.amountMinor < 0)
          problems.push({ path: `${path}.amount`, message: 'is negative; an allocation says what came off' });
        return problems;
      }),
    );
  const repeated = repeatedAt(ids).map((index) => ({
    path: `discounts[${index}].id`,
    message: `"${ids[index]}" names two discounts`,
  }));
  return [...repeated, ...check('lines'), ...check('shipping')];
}
