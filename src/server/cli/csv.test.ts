import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csv } from './csv.ts';

test('a cell that a spreadsheet would run is disarmed, and a plain number is not', () => {
  const rows = ['=1+1', '+cmd', '-cmd|x', '@SUM(A1)', '\tx', '-12.50', '+1', 'a-b'].map((a) => ({ a }));
  expect(csv(['a'], [...rows, { a: -3 }]).split('\r\n')).toEqual([
    'a',
    "'=1+1",
    "'+cmd",
    "'-cmd|x",
    "'@SUM(A1)",
    "'\tx",
    '-12.50',
    '+1',
    'a-b',
    '-3',
  ]);
});

test('a list without a row still names its columns', () => {
  expect(csv(['id', 'cause'], [])).toBe('id,cause');
});

test('whatever a cell holds, it is read back as one cell of one line', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ a: fc.string(), b: fc.string() }), { minLength: 1 }), (rows) => {
      const read = parse(
        csv(
          ['a', 'b', 'end'],
          rows.map((row) => ({ ...row, end: 'x' })),
        ),
        {
          columns: true,
          record_delimiter: '\r\n',
        },
      );
      expect(read).toHaveLength(rows.length);
      for (const row of read as { end: string }[]) expect(row.end).toBe('x');
    }),
  );
});
