import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { effectJournal } from '#connector-testkit/effect-journal.ts';
import { JournalTail } from './journal-tail.ts';

test('each look sees what was written, whole lines only, names cut in the middle included', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tallyport-journal-'));
  try {
    const file = join(directory, 'shop.ndjson');
    const tail = new JournalTail(file);
    expect(tail.look()).toEqual([]);
    const journal = effectJournal(file);
    journal.record('order.placed', '1', { buyer: 'Müller' });
    expect(tail.look()).toHaveLength(1);
    const next = Buffer.from(
      `${JSON.stringify({ seq: 2, at: '', type: 't', key: '2', data: { buyer: 'Müller' } })}\n`,
    );
    const cut = next.indexOf(0xc3) + 1;
    appendFileSync(file, next.subarray(0, cut));
    expect(tail.look()).toHaveLength(1);
    appendFileSync(file, next.subarray(cut));
    expect(tail.look().map(({ data }) => data)).toEqual([{ buyer: 'Müller' }, { buyer: 'Müller' }]);
    journal.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
});
