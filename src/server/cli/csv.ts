export type Cell = string | number | boolean | null | undefined;

/** What a spreadsheet would run. A plain number with a sign is none. */
const isFormula = (text: string): boolean => /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text);

/**
 * RFC 4180: a header even where there is no row, CRLF between lines, none after the last. A cell that a spreadsheet would run as a
 * formula is disarmed with an apostrophe; a line break within a cell becomes a space, so that a record is a line.
 */
export function csv<Column extends string>(
  columns: readonly Column[],
  rows: readonly { readonly [C in Column]?: Cell }[],
): string {
  const cell = (value: Cell): string => {
    const text = value === null || value === undefined ? '' : String(value).replaceAll(/\s*[\r\n]\s*/g, ' ');
    const safe = typeof value !== 'number' && isFormula(text) ? `'${text}` : text;
    return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [columns.join(','), ...rows.map((row) => columns.map((column) => cell(row[column])).join(','))].join(
    '\r\n',
  );
}
