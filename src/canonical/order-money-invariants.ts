import { type Money, type MoneyBag, moneyToDecimal } from './money.ts';
import type { OrderProblem } from './order-problem.ts';
import {
  countedLines,
  expectedGrand,
  inRole,
  isAsOrdered,
  type OrderRole,
  sumIn,
  taxLinesOf,
} from './order-totals.ts';
import type { Order } from './order.ts';

const roles: readonly OrderRole[] = ['shop', 'presentment'];
const text = (amount: Money): string => `${moneyToDecimal(amount)} ${amount.currency}`;

/** Contradictions among an order's amounts. Sums are looked at only when every amount is in its role's currency. */
export function moneyProblems(order: Order): readonly OrderProblem[] {
  const currencies = currencyProblems(order.currencies, order, '');
  return currencies.length > 0 ? currencies : roles.flatMap((role) => totalsProblems(order, role));
}

/** Every amount in a record is in the currency that the order has for its role. */
function currencyProblems(
  currencies: Order['currencies'],
  value: unknown,
  path: string,
): readonly OrderProblem[] {
  if (isMoney(value)) {
    const expected = currencies[value.role];
    if (value.role === 'settlement' && expected === null) return [];
    return value.currency === expected
      ? []
      : [
          {
            path,
            message: `${value.currency}, but the order's ${value.role} currency is ${expected ?? 'unknown'}`,
          },
        ];
  }
  if (Array.isArray(value))
    return value.flatMap((item, index) => currencyProblems(currencies, item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  // What we carry without reading it is the platform's own.
  const fields = Object.entries(value).filter(([key]) => key !== 'extensions');
  return fields.flatMap(([key, field]) =>
    currencyProblems(currencies, field, path === '' ? key : `${path}.${key}`),
  );
}

function isMoney(value: unknown): value is Money {
  return (
    typeof value === 'object' &&
    value !== null &&
    'amountMinor' in value &&
    'currency' in value &&
    'role' in value
  );
}

function totalsProblems(order: Order, role: OrderRole): readonly OrderProblem[] {
  const { totals } = order;
  const problems: OrderProblem[] = [];
  const compare = (field: keyof Order['totals'], expected: Money, what: string, toleranceMinor = 0) => {
    const bag: MoneyBag | undefined = totals[field];
    if (bag === undefined) return;
    const stated = inRole(bag, role);
    if (Math.abs(stated.amountMinor - expected.amountMinor) <= toleranceMinor) return;
    problems.push({
      path: `totals.${field}.${role}`,
      message: `${text(stated)}, but ${what} ${text(expected)}`,
    });
  };

  compare('grand', expectedGrand(order, role), 'the parts come to');
  if (!isAsOrdered(order)) return problems;
  const allocations = [...order.lines, ...order.shipping].flatMap(({ discounts }) =>
    discounts.map(({ amount }) => amount),
  );
  const taxes = taxLinesOf(order).map(({ amount }) => amount);
  const duties = order.lines.flatMap((line) => line.duties.map(({ amount }) => amount));
  compare('original', inRole(totals.grand, role), 'nothing has changed since and it now stands at');
  compare(
    'lines',
    sumIn(
      order,
      role,
      countedLines(order).map(({ subtotal }) => subtotal),
    ),
    'the lines come to',
  );
  compare('discounts', sumIn(order, role, allocations), 'the allocations come to');
  compare(
    'shipping',
    sumIn(
      order,
      role,
      order.shipping.map(({ price }) => price),
    ),
    'the shipping lines come to',
  );
  compare('duties', sumIn(order, role, duties), 'the lines come to');
  // A source may round each tax and the document apart, each by at most one minor unit; nobody corrects a tax for that.
  compare('tax', sumIn(order, role, taxes), 'the tax lines come to', taxes.length);
  for (const kind of ['fee', 'tip'] as const) {
    const lines = order.lines
      .filter((line) => line.charged && line.kind === kind)
      .map(({ subtotal }) => subtotal);
    const sum = sumIn(order, role, lines);
    if (inRole(totals[`${kind}s`], role).amountMinor < sum.amountMinor)
      compare(`${kind}s`, sum, `the ${kind} lines alone come to`);
  }
  return problems;
}
