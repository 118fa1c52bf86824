import { expect, test } from 'vitest';
import type { Order } from '#canonical/order.ts';
import { renderContext } from '#connector-sdk/crosswalk-context.ts';
import { buildOrder } from '#tests/builders/order-builder.ts';
import { lineLocations } from './line-locations.ts';

const connection = 'netsuite-uk';
const { context } = renderContext({
  connection,
  crosswalks: { [connection]: { location: { north: '1', south: '2' } } },
  links: {},
  config: {},
});
type Part = readonly [place: string | null, status: 'open' | 'closed', ...lines: readonly string[]];
const order = (...parts: readonly Part[]): Order => ({
  ...buildOrder({ lines: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] }),
  fulfillmentOrders: parts.map(([place, status, ...lines]) => ({
    id: 'f',
    ref: { connection: 'shop', type: 'FulfillmentOrder', id: 'f' },
    location: place === null ? null : { connection: 'shop', type: 'Location', id: place },
    method: 'ship',
    status,
    lines: lines.map((lineId) => ({ id: lineId, lineId, quantity: '1', remaining: '1' })),
    holds: [],
    fulfillAt: null,
    fulfillBy: null,
    extensions: {},
  })) as unknown as Order['fulfillmentOrders'],
});
const located = (...parts: readonly Part[]) => Object.fromEntries(lineLocations(order(...parts), context));

test('an order that leaves from several locations has them on its lines', () => {
  expect(located(['north', 'open', 'a', 'b'], ['south', 'open', 'c'])).toEqual({
    a: { id: '1' },
    b: { id: '1' },
    c: { id: '2' },
  });
});

test('one location is that of the whole order, and what is closed counts no more', () => {
  expect(located(['north', 'open', 'a', 'b', 'c'])).toEqual({});
  expect(located(['north', 'open', 'a'], ['south', 'closed', 'b'])).toEqual({});
});

test('a line that is split, and one at a location without a row, keep that of the head', () => {
  expect(located(['north', 'open', 'a', 'b'], ['south', 'open', 'a'], ['east', 'open', 'c'])).toEqual({
    b: { id: '1' },
  });
});
