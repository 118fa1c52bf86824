import { describe, expect, test } from 'vitest';
import { fulfillmentOrderObserved, invoiceObserved, orderObserved } from '#tests/builders/event-builder.ts';
import { buildOrder } from '#tests/builders/order-builder.ts';
import {
  erpOrderMoves,
  fulfillmentOrderMoves,
  invoiceMoves,
  type Moves,
  paymentMoves,
  shipmentMoves,
  transactionMoves,
} from './moves.ts';
import { OrderRun } from './testing/order-run.ts';

const machines: Readonly<Record<string, Moves<string>>> = {
  payment: paymentMoves,
  transaction: transactionMoves,
  'fulfilment order': fulfillmentOrderMoves,
  shipment: shipmentMoves,
  invoice: invoiceMoves,
  'ERP order': erpOrderMoves,
};

/** States that lead to each other by a declared reversal count as one. */
const isReversal = (moves: Moves<string>, from: string, to: string) =>
  moves[from]?.includes(to) === true && moves[to]?.includes(from) === true;

describe.each(Object.entries(machines))('%s', (_, moves) => {
  test('a message that is missing in between makes no move illegal', () => {
    const skipped = Object.entries(moves).flatMap(([from, next]) =>
      next.flatMap((via) =>
        (moves[via] ?? [])
          .filter(
            (to) =>
              to !== from &&
              !next.includes(to) &&
              !isReversal(moves, from, via) &&
              !isReversal(moves, via, to),
          )
          .map((to) => `${from} -> ${via} -> ${to}`),
      ),
    );
    expect(skipped).toEqual([]);
  });
});

const at = (minutes: number) => `2026-11-24T10:0${minutes}:00.000Z`;

test('a platform that goes backwards is believed and flagged until it is again as far', () => {
  const run = new OrderRun().event(orderObserved(buildOrder({ at: at(0), payment: 'paid' })));
  run.event(orderObserved(buildOrder({ at: at(1), payment: 'pending' })));
  expect([run.causes, run.view.order.payment.state]).toEqual([['went-backwards'], 'pending']);
  run.event(orderObserved(buildOrder({ at: at(2), payment: 'authorized' })));
  expect(run.causes).toEqual(['went-backwards']);
  run.event(orderObserved(buildOrder({ at: at(3), payment: 'partially-refunded' })));
  expect(run.causes).toEqual([]);
});

test.each([
  [
    'a refund that failed',
    [buildOrder({ at: at(0), payment: 'refunded' }), buildOrder({ at: at(1), payment: 'paid' })].map(
      orderObserved,
    ),
  ],
  [
    'a fulfilment that is cancelled',
    [fulfillmentOrderObserved({ status: 'closed' }), fulfillmentOrderObserved({ status: 'open', at: at(5) })],
  ],
  [
    'an invoice whose payment bounced',
    [invoiceObserved({ status: 'paid' }), invoiceObserved({ at: '2026-12-01T00:00:00.000Z' })],
  ],
])('%s is a declared reversal', (_, events) => {
  expect(
    new OrderRun().event(orderObserved(buildOrder({ at: '2026-11-24T09:00:00.000Z' })), ...events).causes,
  ).toEqual([]);
});

test('a fulfilment order that comes back to life is flagged', () => {
  const run = new OrderRun().event(
    orderObserved(buildOrder()),
    fulfillmentOrderObserved({ status: 'cancelled' }),
  );
  run.event(fulfillmentOrderObserved({ status: 'open', at: at(5) }));
  expect(run.causes).toEqual(['went-backwards']);
});
