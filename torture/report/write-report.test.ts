import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkRun } from '../checker/check-run.ts';
import { PlantedRun } from '../checker/testing/planted-run.ts';
import { writeReport } from './write-report.ts';

/** The report of a run in which an order is lost, under a name that would be markup if somebody let it. */
const report = () => {
  const run = new PlantedRun();
  run.schedule = { seed: 7, minutes: 1, faults: [{ id: 'F1-1', fault: 'F1', kind: 'kill worker-1' }] };
  run.nemesis = [
    {
      at: '2026-01-05T08:00:01.000Z',
      id: 'F1-1',
      fault: 'F1',
      kind: 'kill worker-1',
      event: 'begin',
      inFlight: 4,
    },
  ];
  run.north.place({ id: '102' });
  run.north.record('102');
  run.north.deliver({ subject: '102', error: '<script>alert(1)</script>', status: null }, null);
  return run.look(async (directory) => {
    await writeReport(directory, await checkRun(directory));
    const read = (name: string) => readFile(join(directory, name), 'utf8');
    return { page: await read('report.html'), json: JSON.parse(await read('report.json')) as object };
  });
};

test('the page shows figures, floors, invariants, the fault, and the history of what was lost', async () => {
  const { page, json } = await report();
  for (const part of [
    'kill worker-1',
    'lost-in-erp',
    'order:shop-us:102',
    'F1 begun with work in flight',
    'missed',
  ])
    expect(page).toContain(part);
  expect(page).toMatch(/shop #\d+ order\.placed 102/);
  expect(json).toMatchObject({
    seed: 7,
    lost: 1,
    valid: false,
    invariants: { I1: { violations: [{ kind: 'lost-in-erp' }] } },
  });
});

test('the page loads nothing from elsewhere, runs no script, and takes evidence for text', async () => {
  const { page } = await report();
  expect(page).not.toMatch(/<(script|link|img|iframe)\b|\b(src|href)=|@import|url\(/);
  expect(page).toContain('&lt;script&gt;');
});

test('every curve and row of the picture stands within it', async () => {
  const { page } = await report();
  const [, width = 0, height = 0] = /viewBox="0 0 (\d+) (\d+)"/.exec(page) ?? [];
  const points = [...page.matchAll(/points="([^"]*)"/g)].flatMap(([, list = '']) =>
    list.split(' ').map((point) => point.split(',').map(Number)),
  );
  expect(points.length).toBeGreaterThan(4);
  for (const [x = NaN, y = NaN] of points) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThanOrEqual(Number(width));
    expect(y).toBeGreaterThanOrEqual(0);
    expect(y).toBeLessThanOrEqual(Number(height));
  }
});
