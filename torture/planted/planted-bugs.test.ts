import { readdir, readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { invariants } from '../checker/invariants/all.ts';
import { planSchedule } from '../nemesis/plan.ts';
import { plantedBugs } from './bugs/all-bugs.ts';
import { patchedFiles } from './patch.ts';
import * as runs from './torture-runs.ts';
import { repository } from './tree-copy.ts';

const names = plantedBugs.map(({ name }) => name);

describe('a planted bug', () => {
  test.each(plantedBugs.map((bug) => [bug.name, bug] as const))(
    '%s fits the tree as it is, and is a program',
    async (_name, bug) => {
      const files = await patchedFiles(repository, bug);
      for (const [file, text] of files) {
        expect(text).not.toBe(await readFile(join(repository, file), 'utf8'));
        if (file.endsWith('.ts')) stripTypeScriptTypes(text);
      }
      expect(files.size).toBeGreaterThan(0);
    },
  );

  test.each(
    plantedBugs.flatMap(({ name, caught }) =>
      caught.kind === 'sim' ? [[name, caught.invariants] as const] : [],
    ),
  )('%s is looked for by invariants that the simulation has', async (_name, lookedFor) => {
    const simulation = await sourceOf('simulation');
    for (const invariant of lookedFor) expect(simulation).toContain(invariant);
  });

  test.each(
    plantedBugs.flatMap(({ name, caught }) =>
      caught.kind === 'torture' ? [[name, caught.invariants] as const] : [],
    ),
  )('%s is looked for by invariants that the torture has', (_name, lookedFor) => {
    expect(invariants.map(({ name }) => name)).toEqual(expect.arrayContaining([...lookedFor]));
  });

  test('has a name of its own', () => {
    expect(new Set(names).size).toBe(names.length);
  });
});

test.each(Object.entries(runs))(
  '%s meets the faults that its bugs need',
  (_name, { seed, minutes, faults, meets }) => {
    const planned = planSchedule(seed, minutes, faults).faults.map(
      ({ detail, target }) => `${detail.deed} ${target}`,
    );
    expect(planned).toEqual(expect.arrayContaining([...meets]));
  },
);

test('there are at least twenty that simulation or torture has to find', () => {
  expect(plantedBugs.filter(({ caught }) => caught.kind !== 'test').length).toBeGreaterThanOrEqual(20);
});

async function sourceOf(folder: string): Promise<string> {
  const files = await readdir(join(repository, folder), { recursive: true });
  const texts = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFile(join(repository, folder, file), 'utf8'));
  return (await Promise.all(texts)).join('\n').replaceAll("\\'", "'");
}
