import type { Command } from 'commander';
import { type Cell, csv } from './csv.ts';
import { table } from './table.ts';

export type ListFormat = { readonly csv?: true; readonly json?: true };

/** Every list can be had for a spreadsheet and for a program. */
export const listOptions = (command: Command): Command =>
  command.option('--csv', 'for a spreadsheet (RFC 4180)').option('--json', 'one JSON array');

/**
 * Prints a list as it was asked for: JSON with all that is known, CSV with the columns, or for people, who get `text`, else a table.
 */
export function printList<Column extends string, Thing extends { readonly [C in Column]?: Cell }>(
  things: readonly Thing[],
  columns: readonly Column[],
  format: ListFormat,
  people: { readonly none: string; readonly text?: () => string },
): void {
  if (format.json) return console.log(JSON.stringify(things));
  if (format.csv) return console.log(csv(columns, things));
  if (things.length === 0) return console.log(people.none);
  console.log(
    people.text?.() ??
      table(things.map((thing) => Object.fromEntries(columns.map((column) => [column, thing[column]])))),
  );
}
