import { readdir } from 'node:fs/promises';
import type { Queryable } from './database.ts';

const folder = new URL('./migrations/', import.meta.url);

/** Migrations of this release that the database lacks, and those of another that it has; empty when both agree. */
export async function migrationDifference(database: Queryable): Promise<readonly string[]> {
  const { rows } = await database.query<{ name: string }>('select name from migration');
  const applied = new Set(rows.map(({ name }) => name));
  const ours = new Set((await readdir(folder)).filter((name) => name.endsWith('.sql')));
  return [...ours.symmetricDifference(applied)].sort();
}
