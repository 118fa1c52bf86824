import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { runProgram } from './processes.ts';

/** What the proof activates; `--activate-dependencies` brings the rest. */
export const modules = [
  'sale',
  'stock',
  'account_invoice_stock',
  'stock_package_shipping',
  'sale_credit_limit',
] as const;

/** Debian's names: each module and what it depends on is a package of its own. */
const packages = [
  'tryton-server',
  'tryton-modules-sale',
  'tryton-modules-stock',
  'tryton-modules-account-invoice-stock',
  'tryton-modules-stock-package-shipping',
  'tryton-modules-sale-credit-limit',
  'python3-psycopg2',
  'python3-werkzeug',
  'postgresql',
] as const;

const minute = 60_000;

/** Installs what is missing from Debian's own archive, as root. Answers how long that took; 0 when all was there. Milliseconds. */
export async function installTryton(): Promise<number> {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return 0;
  const startedMs = Date.now();
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // What an earlier run that was killed left half-way; harmless when there is nothing, or when somebody else installs now.
  await runProgram('dpkg', ['--configure', '-a'], 2 * minute, { environment }).catch(() => undefined);
  const aptGet = (...parameters: readonly string[]): Promise<void> =>
    runProgram('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...parameters], 4 * minute, { environment });
  await aptGet('update');
  await aptGet('install', '-y', '--no-install-recommends', ...missing);
  return Date.now() - startedMs;
}

function isInstalled(name: string): boolean {
  // PostgreSQL may be there by its server package alone.
  if (name === 'postgresql') return existsSync('/usr/lib/postgresql');
  try {
    return execFileSync('dpkg-query', ['-W', '-f', '${Status}', name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).includes('install ok installed');
  } catch {
    return false;
  }
}

/** The installed versions, as text for a key: a cached database fits only the version that made it. */
export function installedVersions(): string {
  const names = packages.filter((name) => name.startsWith('tryton'));
  return (
    execFileSync('dpkg-query', ['-W', '-f', '${Package}=${Version}\n', ...names], { encoding: 'utf8' }) +
    `${postgresBin()}\n${modules.join()}`
  );
}

/** Where Debian keeps the newest PostgreSQL's programs. @throws Error when there is none. */
export function postgresBin(): string {
  const [newest] = readdirSync('/usr/lib/postgresql').toSorted((a, b) => Number(b) - Number(a));
  if (newest === undefined) throw new Error('no PostgreSQL below /usr/lib/postgresql');
  return `/usr/lib/postgresql/${newest}/bin`;
}
