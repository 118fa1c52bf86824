import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readCrosswalkFile } from './crosswalk-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'tallyport-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'rows.csv');
const read = (text: string): ReturnType<typeof readCrosswalkFile> => {
  writeFileSync(path, text);
  return readCrosswalkFile(path);
};

test('a spreadsheet with a mark of its encoding, blanks, quotes and further columns is read', () => {
  expect(read('\uFEFFkey,value,note\r\n A , 1 ,\r\n\r\n"B, b","2 ""x""",n\r\n')).toEqual([
    { key: 'A', value: '1' },
    { key: 'B, b', value: '2 "x"' },
  ]);
});

test.each([
  ['a row without a value', 'key,value\nA,1\n\nB,\n', ', line 4: key and value are both needed'],
  ['columns of other names', 'ours,theirs\nA,1\n', ', line 2: key and value are both needed'],
  [
    'a key that stands there twice',
    'key,value\nA,1\nB,2\nA,3\n',
    ', line 4: "A" stands there twice, first in line 2',
  ],
  [
    'a row with too many columns',
    'key,value\nA,1,2,3\n',
    'Invalid Record Length: columns length is 2, got 4 on line 2',
  ],
  ['no row at all', 'key,value\n', ' holds no row below its header'],
])('%s is refused by file and line', (_what, text, problem) => {
  expect(() => read(text)).toThrow(problem);
  expect(() => read(text)).toThrow(path);
});
