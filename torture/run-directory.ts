import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isOpenToAll, postgresIdentity } from './stand/postgres-binaries.ts';

/** A new folder for a run, where PostgreSQL may enter. It stays: it is the evidence. @throws Error */
export async function newRunDirectory(wanted: string | null, seed: number): Promise<string> {
  const path =
    wanted === null ? await mkdtemp(join(tmpdir(), `tallyport-torture-${seed}-`)) : resolve(wanted);
  if (wanted !== null) await mkdir(path, { recursive: true });
  await chmod(path, 0o755);
  if (postgresIdentity !== null && !isOpenToAll(path))
    throw new Error(
      `PostgreSQL cannot run as root, and another user cannot enter ${path}: choose another --directory`,
    );
  return path;
}
