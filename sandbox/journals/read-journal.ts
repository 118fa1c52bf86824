import { existsSync, readFileSync } from 'node:fs';
import type { Effect } from '#connector-testkit/effect-journal.ts';

/**
 * The effects in a journal file, oldest first; none when there is no file. A last line that is still being written is left out.
 * @throws SyntaxError for a line that is no JSON
 */
export function readJournal(file: string): readonly Effect[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Effect);
}
