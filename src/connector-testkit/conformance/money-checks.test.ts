import { expect, test } from 'vitest';
import type { Json } from '#canonical/json.ts';
import { mapped, unmappable } from '#connector-sdk/mapping.ts';
import { silentMoneyChanges } from './money-checks.ts';

type Body = {
  readonly id?: string;
  readonly total?: string | null;
  readonly tip?: string | null;
  readonly lines?: readonly { readonly price?: string; readonly quantity?: number }[];
};
const body: Json = { id: '7', total: '12.50', tip: '0.00', lines: [{ price: '12.50', quantity: 2 }] };

/** A mapping that takes what is there, by a rule of its own for what is missing. */
const mapping = (missing: (path: string) => number) => (input: Json) =>
  mapped(() => {
    const { total, tip, lines } = input as Body;
    const amount = (text: string | null | undefined, path: string) => ({
      amountMinor: typeof text === 'string' ? Math.round(Number(text) * 100) : missing(path),
    });
    return {
      total: amount(total, 'total'),
      tip: amount(tip, 'tip'),
      lines: (lines ?? []).map((line) => ({
        price: amount(line.price, 'price'),
        quantity: line.quantity ?? missing('quantity'),
      })),
    };
  });

const refuses = (path: string): number => {
  throw unmappable(path, 'is missing');
};

test('a mapping that refuses what is missing is silent about nothing', () => {
  expect(silentMoneyChanges(body, mapping(refuses), [])).toEqual([]);
});

test('a missing amount that counts as 0 is found, also one that was 0, also a quantity', () => {
  expect(
    silentMoneyChanges(
      body,
      mapping(() => 0),
      [],
    ),
  ).toEqual([
    'total null maps as if it were 0',
    'total removed maps as if it were 0',
    'tip null maps as if it were 0',
    'tip removed maps as if it were 0',
    'lines[0].price null maps as if it were 0',
    'lines[0].price removed maps as if it were 0',
    'lines[0].quantity null maps as if it were 0',
    'lines[0].quantity removed maps as if it were 0',
  ]);
});

test('where the platform documents that absent is 0, it may be', () => {
  const lenient = mapping((path) => (path === 'tip' ? 0 : refuses(path)));
  expect(silentMoneyChanges(body, lenient, ['tip'])).toEqual([]);
  expect(silentMoneyChanges(body, lenient, ['lines.price'])).toEqual([
    'tip null maps as if it were 0',
    'tip removed maps as if it were 0',
  ]);
});

test('a message that does not map has nothing to lose', () => {
  expect(silentMoneyChanges({}, mapping(refuses), [])).toEqual([]);
});
