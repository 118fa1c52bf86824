import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';

export type FileRow = { readonly key: string; readonly value: string };
type Reading = { readonly record: Record<string, string>; readonly info: { readonly lines: number } };

/** Reads `key,value[,...]` from a CSV file. @throws Error that names the file and the line at fault. */
export function readCrosswalkFile(file: string): readonly FileRow[] {
  const rows = recordsOf(file).map(({ record, info: { lines } }) => {
    const { key, value } = record;
    if (key === undefined || value === undefined || key === '' || value === '')
      throw new Error(`${file}, line ${lines}: key and value are both needed (columns "key" and "value")`);
    return { key, value, lines };
  });
  if (rows.length === 0) throw new Error(`${file} holds no row below its header (columns "key" and "value")`);
  for (const ofKey of Map.groupBy(rows, ({ key }) => key).values())
    if (ofKey.length > 1)
      throw new Error(
        `${file}, line ${ofKey.at(-1)?.lines}: "${ofKey[0]?.key}" stands there twice, first in line ${ofKey[0]?.lines}`,
      );
  return rows.map(({ key, value }) => ({ key, value }));
}

function recordsOf(file: string): readonly Reading[] {
  try {
    return parse(readFileSync(file), {
      columns: true,
      bom: true,
      trim: true,
      info: true,
      skip_empty_lines: true,
    }) as unknown as Reading[];
  } catch (error) {
    if (error instanceof CsvError) throw new Error(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
}
