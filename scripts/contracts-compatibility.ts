import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Change, type Schema, schemaChanges } from './schema-compatibility.ts';

/** Where the contracts of the last release lie, unchanged since; written by `npm run contracts -- --release`. */
export const releasedFolder = 'contracts/released/events';

/** A change with the contract's file. */
export type ContractChange = Change & { readonly file: string };

/** What readers of the last release would notice. A contract that is gone is breaking; a new one is nothing. */
export function contractChanges(
  released: ReadonlyMap<string, Schema>,
  current: ReadonlyMap<string, Schema>,
): readonly ContractChange[] {
  return [...released].flatMap(([file, before]): readonly ContractChange[] => {
    const after = current.get(file);
    if (after === undefined) return [{ file, kind: 'breaking', path: '', message: 'the event is gone' }];
    return schemaChanges(before, after).map((change) => ({ file, ...change }));
  });
}

/** The contracts of the last release, by file name; null before the first. */
export function releasedContracts(folder = releasedFolder): ReadonlyMap<string, Schema> | null {
  if (!existsSync(folder)) return null;
  const files = readdirSync(folder).filter((name) => name.endsWith('.schema.json'));
  return new Map(files.map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as Schema]));
}
