/**
 * `npm run lockfile`: the lockfile names no host, pins every package by hash, and package.json pins exact versions.
 *
 * A host name in the lockfile would tie everyone's install to one mirror, and would publish where it stands.
 */
import { readFileSync } from 'node:fs';
import { lockedPackages, type LockedPackage } from './lockfile-entries.ts';

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

function lockedProblem(folder: string, entry: LockedPackage): string | undefined {
  if (entry.resolved !== undefined && /^[a-z+]+:/.test(entry.resolved))
    return `${folder} names the host it came from`;
  if (entry.link !== true && entry.integrity === undefined) return `${folder} is not pinned by a hash`;
  return undefined;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const declared = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

const problems = [
  ...[...lockedPackages('package-lock.json')].map(([folder, entry]) => lockedProblem(folder, entry)),
  ...Object.entries(declared).map(([name, range]) =>
    exact.test(range) ? undefined : `${name} is declared as "${range}", not as an exact version`,
  ),
].filter((problem) => problem !== undefined);

if (problems.length > 0) {
  console.error(
    `${problems.join('\n')}\n\nInstall with the settings in .npmrc; they keep hosts out and versions exact.`,
  );
  process.exit(1);
}
console.log('lockfile: no hosts, every package pinned');
