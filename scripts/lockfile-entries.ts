import { readFileSync } from 'node:fs';

/** One installed package as package-lock.json describes it. */
export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

/** Reads the packages of a lockfile, keyed by their folder; the root package itself is left out. */
export function lockedPackages(path: string): ReadonlyMap<string, LockedPackage> {
  const lockfile = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, LockedPackage> };
  return new Map(Object.entries(lockfile.packages).filter(([folder]) => folder !== ''));
}
