/**
 * `npm run torture:planted [-- --only name,name] [--kind sim|torture|test]`: puts each bug into a copy of the tree and looks whether the
 * check that should find it does; the same check has to be clean on the tree as it is. The last line is one JSON object; the
 * exit code is not zero unless every bug is caught.
 */
import { parseArgs } from 'node:util';
import { plantedBugs } from './bugs/all-bugs.ts';
import { type Control, controlsOf, detect, isControlOf, look } from './detect.ts';
import type { PlantedBug } from './planted-bug.ts';
import { endPrograms } from './run-program.ts';
import type { Sighting } from './sighting.ts';
import { bugRow, controlRow, problemIn, row } from './table.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    kind: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});

/** @throws RangeError for a name that no bug has */
function chosen(): readonly PlantedBug[] {
  const all = plantedBugs.map(({ name }) => name);
  const names = values.only?.split(',') ?? all;
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0)
    throw new RangeError(`no planted bug is called ${unknown.join(', ')}; there are ${all.join(', ')}`);
  return plantedBugs.filter(
    ({ name, caught }) => names.includes(name) && (values.kind === undefined || values.kind === caught.kind),
  );
}

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    interruption.abort();
    endPrograms();
  });

async function run(bugs: readonly PlantedBug[]): Promise<void> {
  const startedMs = performance.now();
  console.log(row(['bug', 'by', 'where', 'violated']));
  const controls = new Map<Control, Sighting>();
  for (const control of controlsOf(bugs)) {
    if (interruption.signal.aborted) break;
    const sighting = await look(control);
    controls.set(control, sighting);
    console.log(controlRow(control, sighting));
  }
  const missed: string[] = [];
  for (const bug of bugs) {
    if (interruption.signal.aborted) break;
    const [, unplanted] = [...controls].find(([control]) => isControlOf(control, bug)) ?? [];
    const sighting = await detect(bug, unplanted);
    console.log(bugRow(bug, sighting));
    if (sighting.where === null) missed.push(bug.name);
  }
  const soiled = [...controls].filter(([, sighting]) => problemIn(sighting) !== null);
  console.log(`${bugs.length} bugs in ${Math.round((performance.now() - startedMs) / 1_000)} s`);
  console.log(
    JSON.stringify({
      planted: bugs.length,
      caught: bugs.length - missed.length,
      missed,
      controls: soiled.length === 0 ? 'clean' : soiled.map(([{ title }]) => title),
    }),
  );
  if (soiled.length > 0 || missed.length > 0) process.exitCode = 1;
}

const bugs = chosen();
if (values.list)
  for (const { name, caught, thought } of bugs) console.log(row([name, caught.kind, '', thought]));
else await run(bugs);
if (interruption.signal.aborted) process.exitCode = 130;
