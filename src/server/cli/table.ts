import type { Cell } from './csv.ts';

type Rows = readonly Readonly<Record<string, Cell>>[];

const text = (cell: Cell): string =>
  cell === null || cell === undefined ? '' : String(cell).replaceAll(/\s*\n\s*/g, ' ');

/** Rows under their column names, aligned; the last column is as long as it is. */
export function table(rows: Rows): string {
  const columns = Object.keys(rows[0] ?? {});
  const widths = columns.map((column) =>
    Math.min(60, Math.max(column.length, ...rows.map((row) => text(row[column]).length))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (index === cells.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(columns), ...rows.map((row) => line(columns.map((column) => text(row[column]))))].join('\n');
}
