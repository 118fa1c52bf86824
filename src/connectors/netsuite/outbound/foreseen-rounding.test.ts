import { expect, test } from 'vitest';
import { decimal } from '#canonical/decimal.ts';
import { foreseenTotal } from './foreseen-rounding.ts';

const lines = Array.from({ length: 3 }, () => ({ netMinor: 670, taxRate: decimal('0.05') }));

test('taxes that are rounded by line come to more than those of the document', () => {
  expect(foreseenTotal(lines, { currency: 'GBP', taxRounding: 'line' })).toBe(2010 + 3 * 34);
  expect(foreseenTotal(lines, { currency: 'GBP', taxRounding: 'document' })).toBe(2010 + 101);
});

test('what is taken back is rounded as it was charged, and a currency without decimals to the whole', () => {
  const back = [{ netMinor: -670, taxRate: decimal('0.05') }];
  expect(foreseenTotal(back, { currency: 'GBP', taxRounding: 'line' })).toBe(-704);
  const yen = [{ netMinor: 1005, taxRate: decimal('0.1') }];
  expect(foreseenTotal(yen, { currency: 'JPY', taxRounding: 'line' })).toBe(1106);
});

test('a tax without its rate cannot be foreseen', () => {
  const some = [...lines, { netMinor: 1, taxRate: null }];
  expect(foreseenTotal(some, { currency: 'GBP', taxRounding: 'line' })).toBeNull();
});
