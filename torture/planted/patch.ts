import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Edit, PlantedBug } from './planted-bug.ts';

const migrations = 'src/journal/migrations';

type Place = { readonly file: string; readonly text: string; readonly from: number; readonly to: number };

/** The files that a bug changes, by path relative to the root, as they are with it. @throws Error where an edit does not fit the tree. */
export async function patchedFiles(root: string, bug: PlantedBug): Promise<ReadonlyMap<string, string>> {
  const patched = new Map<string, string>();
  for (const edit of bug.edits) {
    const place = await placeOf(root, edit, patched);
    patched.set(place.file, edited(place, edit, bug.name));
  }
  return patched;
}

/** Puts a bug into the tree at `root`, which is a copy that is thrown away afterwards. */
export async function plant(root: string, bug: PlantedBug): Promise<void> {
  for (const [file, text] of await patchedFiles(root, bug)) await writeFile(join(root, file), text);
}

function edited({ file, text, from, to }: Place, { find, replace }: Edit, name: string): string {
  const part = text.slice(from, to);
  const times = part.split(find).length - 1;
  if (times !== 1) throw new Error(`${name}: ${times} times in ${file}, instead of once: ${find}`);
  // No pattern of `replace` has a meaning: `$$` is what PostgreSQL quotes functions with.
  return text.slice(0, from) + part.replace(find, () => replace) + text.slice(to);
}

async function placeOf(root: string, { at }: Edit, patched: ReadonlyMap<string, string>): Promise<Place> {
  const read = async (file: string): Promise<string> =>
    patched.get(file) ?? (await readFile(join(root, file), 'utf8'));
  if ('file' in at) {
    const text = await read(at.file);
    return { file: at.file, text, from: 0, to: text.length };
  }
  // A later migration may have replaced the function: what runs is the last one.
  const head = new RegExp(`create (?:or replace )?function ${at.sqlFunction}\\(`, 'g');
  for (const name of (await readdir(join(root, migrations))).toSorted().toReversed()) {
    const file = `${migrations}/${name}`;
    const text = await read(file);
    const from = [...text.matchAll(head)].at(-1)?.index;
    if (from === undefined) continue;
    const body = text.indexOf('$$', from);
    return { file, text, from, to: text.indexOf('$$', body + 2) };
  }
  throw new Error(`no migration defines ${at.sqlFunction}`);
}
