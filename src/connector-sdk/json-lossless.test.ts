import { expect, test } from 'vitest';
import { parseJsonLossless } from './json-lossless.ts';

test.each([
  ['{"id":9007199254740993}', { id: '9007199254740993' }],
  ['{"id":-9007199254740993}', { id: '-9007199254740993' }],
  ['[820982911946154508123]', ['820982911946154508123']],
  [
    '{"id":9007199254740991,"more":12345678901234567}',
    { id: 9_007_199_254_740_991, more: '12345678901234567' },
  ],
])('%s keeps every digit of an integer that a number cannot hold', (text, value) => {
  expect(parseJsonLossless(text)).toEqual(value);
});

test.each([
  ['{"id":820982911946154,"price":19.95,"text":"1234567890123456"}'],
  ['{"small":1e3,"half":0.1234567890123456789,"none":null}'],
  ['[1,[2,{"a":"b"}]]'],
])('%s is read as JSON.parse reads it', (text) => {
  expect(parseJsonLossless(text)).toEqual(JSON.parse(text));
});

test('what is no JSON is refused, whichever way it is read', () => {
  for (const text of ['{', '{"id":9007199254740993'])
    expect(() => parseJsonLossless(text)).toThrow(SyntaxError);
});
