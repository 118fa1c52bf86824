import { chmod, cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The repository that this file belongs to. */
export const repository = new URL('../../', import.meta.url).pathname;

const folders = ['src', 'simulation', 'sandbox', 'tests', 'contracts', 'retailers', 'bin'];
const isOfRoot = (name: string): boolean => /^(?:package.*\.json|tsconfig\.json|[\w.]+\.ts)$/.test(name);

/** A tree of its own, whose packages are the repository's. */
export type TreeCopy = { readonly root: string; remove(): Promise<void> };

/** Copies what runs, so that a bug is never in the tree that people work in. */
export async function copyTree(): Promise<TreeCopy> {
  const root = await mkdtemp(join(tmpdir(), 'tallyport-planted-'));
  // PostgreSQL does not run as root, and has to get at what lies here.
  await chmod(root, 0o755);
  const files = (await readdir(repository)).filter(isOfRoot);
  await Promise.all(
    [...folders, ...files].map((name) => cp(join(repository, name), join(root, name), { recursive: true })),
  );
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'));
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}
