import { addDecimals, compareDecimals, type Decimal, decimal } from './decimal.ts';
import { lineProblems } from './order-line-invariants.ts';
import { moneyProblems } from './order-money-invariants.ts';
import { type OrderProblem, repeatedAt } from './order-problem.ts';
import type { Order } from './order.ts';

/**
 * What is wrong with an order whose shape is right (`orderSchema`), empty when nothing is. A source that contradicts itself is a
 * fact to show and park, so that this never throws. Rounding is not judged: how much is tolerable is the retailer's rule.
 */
export function orderProblems(order: Order): readonly OrderProblem[] {
  return [
    ...lineProblems(order),
    ...paymentProblems(order),
    ...fulfillmentProblems(order),
    ...moneyProblems(order),
  ];
}

function paymentProblems(order: Order): readonly OrderProblem[] {
  const { transactions } = order.payment;
  const ids = transactions.map(({ id }) => id);
  const known = new Set(ids);
  const problems: OrderProblem[] = repeatedAt(ids).map((index) => ({
    path: `payment.transactions[${index}].id`,
    message: `"${ids[index]}" names two transactions`,
  }));
  transactions.forEach(({ id, parentId, amount }, index) => {
    const path = `payment.transactions[${index}]`;
    if (parentId === id)
      problems.push({ path: `${path}.parentId`, message: 'a transaction is its own parent' });
    else if (parentId !== null && !known.has(parentId)) {
      problems.push({ path: `${path}.parentId`, message: `there is no transaction "${parentId}"` });
    }
    if (amount.shop.amountMinor < 0 || amount.presentment.amountMinor < 0) {
      problems.push({ path: `${path}.amount`, message: 'is negative; the kind gives the direction' });
    }
  });
  order.refunds.forEach((refund, index) => {
    refund.transactionIds.forEach((id, at) => {
      if (!known.has(id))
        problems.push({
          path: `refunds[${index}].transactionIds[${at}]`,
          message: `there is no transaction "${id}"`,
        });
    });
  });
  return problems;
}

function fulfillmentProblems(order: Order): readonly OrderProblem[] {
  const lineIds = new Set(order.lines.map(({ id }) => id));
  const problems: OrderProblem[] = [];
  const check = (path: string, lineId: string | null) => {
    if (lineId !== null && !lineIds.has(lineId))
      problems.push({ path, message: `there is no line "${lineId}"` });
  };
  order.fulfillmentOrders.forEach(({ lines }, index) => {
    lines.forEach(({ lineId, quantity, remaining }, at) => {
      const path = `fulfillmentOrders[${index}].lines[${at}]`;
      check(`${path}.lineId`, lineId);
      if (compareDecimals(remaining, quantity) > 0)
        problems.push({ path: `${path}.remaining`, message: `${remaining} of ${quantity} remain` });
    });
  });
  order.shipments.forEach(({ lines, packages }, index) => {
    lines.forEach(({ lineId }, at) => check(`shipments[${index}].lines[${at}].lineId`, lineId));
    const packed = new Map<number, Decimal>();
    for (const { line, quantity } of packages.flatMap(({ contents = [] }) => contents)) {
      packed.set(line, addDecimals(packed.get(line) ?? decimal(0), quantity));
    }
    for (const [line, quantity] of packed) {
      const shipped = lines[line]?.quantity;
      if (shipped === undefined || compareDecimals(quantity, shipped) > 0) {
        problems.push({
          path: `shipments[${index}].packages`,
          message: `${quantity} of lines[${line}] are packed, ${shipped ?? 'no such line'} shipped`,
        });
      }
    }
  });
  order.refunds.forEach(({ lines }, index) => {
    lines.forEach(({ lineId }, at) => check(`refunds[${index}].lines[${at}].lineId`, lineId));
  });
  return problems;
}
