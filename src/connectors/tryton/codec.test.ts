import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal, subtractDecimals } from '#canonical/decimal.ts';
import {
  encodeBytes,
  encodeDate,
  encodeDecimal,
  encodeInstant,
  encodeQuantity,
  encodeTimedelta,
  type MicroInstant,
  readQuantity,
  toMilliseconds,
  trytonBytes,
  trytonDate,
  trytonDecimal,
  trytonInstant,
  trytonTimedelta,
} from './codec.ts';

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: 0, max: 8 }))
  .map(([digits, scale]) => {
    const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
    const sign = digits < 0n ? '-' : '';
    return decimal(`${sign}${scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`}`);
  });
const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });

test('a decimal comes back to the digit', () => {
  fc.assert(
    fc.property(decimals, (value) => {
      expect(trytonDecimal.parse(encodeDecimal(value))).toBe(value);
    }),
  );
});

test.each([
  ['0E-2', '0.00'],
  ['1E+2', '100'],
  ['-1.5E-3', '-0.0015'],
  ['12.', '12'],
  ['007.10', '7.10'],
])('Python prints %s, which is %s', (printed, plain) => {
  expect(trytonDecimal.parse({ __class__: 'Decimal', decimal: printed })).toBe(plain);
});

test.each(['NaN', 'Infinity', '-sNaN', '', '1,5'])('"%s" is no amount', (printed) => {
  expect(trytonDecimal.safeParse({ __class__: 'Decimal', decimal: printed }).success).toBe(false);
});

test('a date comes back', () => {
  fc.assert(
    fc.property(days, (date) => {
      const text = date.toISOString().slice(0, 10);
      expect(trytonDate.parse(encodeDate(text))).toBe(text);
    }),
  );
});

test('an instant comes back to the microsecond, and cut to milliseconds it is never later', () => {
  fc.assert(
    fc.property(days, fc.integer({ min: 0, max: 999 }), (day, micros) => {
      const at = `${day.toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z` as MicroInstant;
      expect(trytonInstant.parse(encodeInstant(at))).toBe(at);
      expect(Date.parse(toMilliseconds(at))).toBe(day.getTime());
    }),
  );
});

test.each([{ month: 13 }, { day: 31 }, { hour: 24 }, { microsecond: 1_000_000 }])(
  'an instant with %j is none',
  (wrong) => {
    const at = {
      __class__: 'datetime',
      year: 2026,
      month: 11,
      day: 24,
      hour: 1,
      minute: 2,
      second: 3,
      microsecond: 4,
      ...wrong,
    };
    expect(trytonInstant.safeParse(at).success).toBe(false);
  },
);

test('bytes come back, also when Python broke the lines', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const encoded = encodeBytes(bytes) as { __class__: string; base64: string };
      const broken = { ...encoded, base64: encoded.base64.replaceAll(/.{76}/g, '$&\n') };
      expect(new Uint8Array(trytonBytes.parse(broken))).toEqual(bytes);
    }),
  );
});

test('a span of time comes back in seconds', () => {
  expect(trytonTimedelta.parse(encodeTimedelta(86_400))).toBe(86_400);
});

test('a quantity of up to 15 digits survives the float that Tryton keeps', () => {
  const quantities = fc
    .tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.integer({ min: 0, max: 4 }))
    .map(([whole, scale]) => decimal((whole / 10 ** scale).toFixed(scale)));
  fc.assert(
    fc.property(quantities, (quantity) => {
      expect(Number(subtractDecimals(readQuantity(encodeQuantity(quantity)), quantity))).toBe(0);
    }),
  );
});

test('a quantity that a float cannot hold is refused, not rounded', () => {
  expect(() => encodeQuantity(decimal('0.1234567890123456789'))).toThrow(RangeError);
});
