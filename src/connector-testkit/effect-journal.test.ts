import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { effectJournal } from './effect-journal.ts';

test('effects are numbered from 1 and counted by type and key', () => {
  const journal = effectJournal(null);
  journal.record('sale.created', 'A', {});
  journal.record('sale.created', 'A', {});
  journal.record('sale.created', 'B', {});
  journal.record('sale.cancelled', 'A', {});
  expect(journal.effects.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  expect([...journal.counts('sale.created')]).toEqual([
    ['A', 2],
    ['B', 1],
  ]);
  expect(journal.counts('sale.posted').size).toBe(0);
});

test('an effect stands in the file before `record` returns, and a second journal goes on below it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'effect-journal-'));
  const file = join(folder, 'effects.jsonl');
  const lines = () =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { key: string });
  const first = effectJournal(file);
  first.record('sale.created', 'A', { note: 'two\nlines' });
  expect(lines().map(({ key }) => key)).toEqual(['A']);
  first.close();
  const second = effectJournal(file);
  second.record('sale.created', 'B', null);
  second.close();
  expect(lines().map(({ key }) => key)).toEqual(['A', 'B']);
  rmSync(folder, { recursive: true });
});

test('with `sync`, an answer waits until its effect is on the disk, and many share one wait', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'effect-journal-'));
  const journal = effectJournal(join(folder, 'effects.jsonl'), { sync: true });
  journal.record('sale.created', 'A', {});
  const first = journal.synced();
  journal.record('sale.created', 'B', {});
  journal.record('sale.created', 'C', {});
  // Written after the first wait began: theirs is another one, and the same for both.
  expect(journal.synced()).not.toBe(first);
  expect(journal.synced()).toBe(journal.synced());
  await Promise.all([first, journal.synced()]);
  await journal.synced();
  journal.record('sale.created', 'D', {});
  const last = journal.synced();
  journal.close();
  await last;
  rmSync(folder, { recursive: true });
});
