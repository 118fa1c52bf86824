import { expect, test } from 'vitest';
import { checkRun } from './check-run.ts';
import type { Floor } from './findings.ts';
import { PlantedRun } from './testing/planted-run.ts';

const at = '2026-01-05T08:00:01.000Z';
const scheduled = (fault: string, times: number) =>
  Array.from({ length: times }, (_, index) => ({
    id: `${fault}-${index + 1}`,
    fault,
    kind: `kind of ${fault}`,
  }));

async function floors(
  plant: (run: PlantedRun) => void,
): Promise<{ valid: boolean; byName: Record<string, Floor> }> {
  const run = new PlantedRun();
  plant(run);
  const found = await run.look(checkRun);
  return { valid: found.valid, byName: Object.fromEntries(found.floors.map((floor) => [floor.name, floor])) };
}

test('a fault counts when it began while something was in flight', async () => {
  const { valid, byName } = await floors((run) => {
    run.schedule = { seed: 1, minutes: 1, faults: scheduled('F1', 3) };
    run.nemesis = [
      { at, id: 'F1-1', fault: 'F1', kind: 'k', event: 'begin', inFlight: 3 },
      { at, id: 'F1-2', fault: 'F1', kind: 'k', event: 'begin', inFlight: 0 },
      // Nobody could be asked; orders were coming in.
      { at, id: 'F1-3', fault: 'F1', kind: 'k', event: 'begin', inFlight: null },
    ];
  });
  expect(byName['F1 begun with work in flight']).toMatchObject({ wanted: 2, seen: 2, met: true });
  expect(valid).toBe(true);
});

test('a missed floor makes the run invalid', async () => {
  const { valid, byName } = await floors((run) => {
    run.schedule = { seed: 1, minutes: 5, faults: [...scheduled('F9', 10), ...scheduled('F10', 10)] };
    run.counts = { 'reset-after': 60, 'hang-after': 30, 'effect-late': 9, delay: 500 };
    run.nemesis = run.nemesis.concat(
      [...scheduled('F9', 10), ...scheduled('F10', 10)].map((fault) => ({
        ...fault,
        at,
        event: 'begin',
        inFlight: 1,
      })),
    );
    run.north.deliver({ ...run.north.deliveries[0]!, kind: 'duplicate' }, null);
  });
  expect(byName['ambiguous outcomes']).toMatchObject({ wanted: 100, seen: 99, met: false });
  expect(byName['duplicate deliveries']).toMatchObject({ wanted: 1_000, seen: 1, met: false });
  expect(byName['zombies fenced']).toMatchObject({
    met: true,
    excluded: 'no worker was stopped in this run',
  });
  expect(valid).toBe(false);
});

test('a fault that was skipped every time is excluded, with the word why', async () => {
  const { valid, byName } = await floors((run) => {
    run.schedule = { seed: 1, minutes: 1, faults: scheduled('F6', 2) };
    run.nemesis = scheduled('F6', 2).map((fault) => ({
      ...fault,
      at,
      event: 'skipped',
      reason: 'no namespaces here',
    }));
  });
  expect(byName['F6 begun with work in flight']).toMatchObject({
    met: true,
    excluded: 'skipped: no namespaces here',
  });
  expect(valid).toBe(true);
});

test('a zombie is fenced when a stopped worker says afterwards that its lanes are not its own', async () => {
  const zombies = async (time: string, lanes: number): Promise<Floor | undefined> =>
    (
      await floors((run) => {
        run.schedule = { seed: 1, minutes: 1, faults: scheduled('F2', 2) };
        const stop = { id: 'F2-1', fault: 'F2', kind: 'stop worker-1', target: 'worker-1' };
        run.nemesis = [
          { ...stop, at, event: 'begin', inFlight: 5 },
          { ...stop, at: '2026-01-05T08:00:21.000Z', event: 'end' },
        ];
        run.logs['worker-1'] = [
          { time, msg: 'session over, lanes abandoned', lanes, why: 'the lease ran out' },
        ];
      })
    ).byName['zombies fenced'];
  expect(await zombies('2026-01-05T08:00:21.500Z', 4)).toMatchObject({ seen: 1, met: true });
  expect(await zombies('2026-01-05T08:00:21.500Z', 0)).toMatchObject({ seen: 0, met: false });
  expect(await zombies('2026-01-05T07:59:00.000Z', 4)).toMatchObject({ seen: 0, met: false });
});
