import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CsvError, type InfoRecord, parse } from 'csv-parse/sync';
import { crosswalkTables } from '#connector-sdk/mapping.ts';
import type { CrosswalkRow } from '#journal/crosswalk-store.ts';
import type { ConfigurationProblem } from '../config/configuration-error.ts';

type Line = { readonly record: readonly string[]; readonly info: InfoRecord };

/** A key and a value each stand in an index or a request; longer ones are a mistake. Characters. */
const longest = 500;

/** The rows of `crosswalks/<connection>/<table>.csv` (columns key, value, note), with everything that is wrong in them. */
export function readCrosswalks(
  folder: string,
  connections: readonly string[],
): { readonly rows: readonly CrosswalkRow[]; readonly problems: readonly ConfigurationProblem[] } {
  const root = join(folder, 'crosswalks');
  const rows: CrosswalkRow[] = [];
  const problems: ConfigurationProblem[] = [];
  for (const connection of visible(root)) {
    const directory = join(root, connection);
    if (!connections.includes(connection)) {
      problems.push({ file: directory, path: '$', message: 'no connection has this name' });
      continue;
    }
    for (const name of visible(directory)) {
      const file = join(directory, name);
      const table = basename(name, '.csv');
      if (!name.endsWith('.csv') || !(crosswalkTables as readonly string[]).includes(table)) {
        const known = crosswalkTables.map((each) => `${each}.csv`).join(', ');
        problems.push({ file, path: '$', message: `is no crosswalk; there are ${known}` });
        continue;
      }
      const read = readTable(file);
      rows.push(...read.rows.map((row) => ({ connection, table, ...row })));
      problems.push(...read.problems);
    }
  }
  return { rows, problems };
}

function visible(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => !name.startsWith('.'))
    .sort();
}

function readTable(file: string): {
  readonly rows: readonly { readonly key: string; readonly value: string }[];
  readonly problems: readonly ConfigurationProblem[];
} {
  const problems: ConfigurationProblem[] = [];
  const problem = (line: number, message: string): void =>
    void problems.push({ file, path: `line ${line}`, message });
  let lines: readonly Line[];
  try {
    lines = parse(readFileSync(file), {
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
    }) as unknown as Line[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { rows: [], problems: [{ file, path: '$', message: `is not CSV: ${error.code}` }] };
  }
  const [header, ...body] = lines;
  const titles = header?.record.join(',');
  if (titles !== 'key,value' && titles !== 'key,value,note') {
    problem(1, 'must have the columns key,value and may have note');
    return { rows: [], problems };
  }
  const values = new Map<string, string>();
  for (const { record, info } of body) {
    const [key = '', value = ''] = record;
    if (key === '' || value === '') problem(info.lines, 'key and value must not be empty');
    else if (key.length > longest || value.length > longest)
      problem(info.lines, `key and value may have ${longest} characters`);
    else if (record.length > 3)
      problem(info.lines, 'has more than three columns; quote values that hold a comma');
    else if (values.has(key)) problem(info.lines, `the key "${key}" stands here twice`);
    else values.set(key, value);
  }
  return { rows: [...values].map(([key, value]) => ({ key, value })), problems };
}
