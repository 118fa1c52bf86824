import { expect, test } from 'vitest';
import { northwindApparel } from '../traffic/northwind-apparel.ts';
import { arrivalsEndMs, peakDay, placings } from './day.ts';
import { orderOfTheDay } from './order-of-the-day.ts';

const day = peakDay(1);
const orders = placings(day).map((_, index) =>
  orderOfTheDay(7, index, northwindApparel, day, { canBeHeld: true }),
);

test('more orders come in the rush than the ERP can take in a minute', () => {
  const at = placings(day);
  const [calm, rush] = day.arrivals;
  const rushFromMs = calm?.forMs ?? 0;
  const inRush = at.filter((atMs) => atMs >= rushFromMs && atMs < rushFromMs + (rush?.forMs ?? 0));
  expect(inRush).toHaveLength(800);
  expect(at.every((atMs, index) => atMs >= (at[index - 1] ?? 0) && atMs < arrivalsEndMs(day))).toBe(true);
});

test('a shorter day has the same happenings in the same order', () => {
  const names = ({ happenings }: typeof day): readonly string[] => happenings.map(({ what }) => what);
  expect(names(peakDay(0.4))).toEqual(names(day));
  expect(placings(peakDay(0.5)).length).toBeCloseTo(placings(day).length / 2, -1);
});

test('every order of the day is a real one that the ERP may have at once', () => {
  expect(orders.every(({ input }) => input.payment === 'paid' && input.test === false)).toBe(true);
  expect(orders.every(({ input }) => input.netDays === undefined)).toBe(true);
});

test('what is special about an order shows in it: express and collected ones by their way of delivery', () => {
  const codes = (kind: string): ReadonlySet<string | undefined> =>
    new Set(orders.filter((order) => order.kind === kind).map(({ input }) => input.shipping?.code));
  expect(codes('urgent')).toEqual(new Set(['express', 'pickup']));
  expect(codes('standard')).toEqual(new Set(['standard']));
  for (const kind of ['urgent', 'held', 'mispriced'] as const) {
    const share = orders.filter((order) => order.kind === kind).length / orders.length;
    expect(Math.abs(share - day.shares[kind]), kind).toBeLessThan(0.04);
  }
});
