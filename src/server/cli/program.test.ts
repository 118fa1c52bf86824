import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { tallyportProgram } from './program.ts';

const leaves = (command: Command, name = ''): readonly (readonly [string, Command])[] =>
  command.commands.flatMap((each) => {
    const path = `${name} ${each.name()}`.trim();
    return each.commands.length === 0 ? [[path, each] as const] : leaves(each, path);
  });
const commands = new Map(leaves(tallyportProgram()));
const has = (command: Command | undefined, flag: string): boolean =>
  command?.options.some(({ long }) => long === flag) === true;

test('every list can be had for a spreadsheet and for a program', () => {
  const lists = [
    'backlog',
    'exceptions list',
    'parked list',
    'messages list',
    'replay',
    'doctor',
    'connections',
    'crosswalk proposals',
    'customers list',
    'customers review',
    'customers decisions',
  ];
  for (const name of lists)
    expect({ name, csv: has(commands.get(name), '--csv'), json: has(commands.get(name), '--json') }).toEqual({
      name,
      csv: true,
      json: true,
    });
});

test('whatever is done by a person’s word wants a reason', () => {
  const acts = [
    'act',
    'exceptions link',
    'exceptions resolve',
    'parked retry',
    'parked discard',
    'parked resolve',
    'messages edit',
    'messages replay',
    'customers accept',
    'customers refuse',
    'customers undo',
  ];
  for (const name of acts)
    expect(commands.get(name)?.options.find(({ long }) => long === '--reason')?.mandatory, name).toBe(true);
});

test('every command and every argument says what it is for', () => {
  for (const [name, command] of commands) expect(command.description(), name).toMatch(/\w{3}/);
});
