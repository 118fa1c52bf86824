/**
 * `npm run contracts`: writes contracts/events/ and the pages of docs/reference/ that follow from src/canonical.
 *
 * `-- --check` writes nothing: it fails when a file is stale, or when a contract breaks readers of the last release.
 * `-- --release` keeps the contracts as they are now as those of the last release.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { contractChanges, releasedContracts, releasedFolder } from './contracts-compatibility.ts';
import { eventContracts } from './event-contracts.ts';
import { canonicalModelPage } from './reference/canonical-model-page.ts';
import { errorsPage } from './reference/errors-page.ts';

const contractsFolder = 'contracts/events';
const contracts = eventContracts();
const files = new Map<string, string>([
  ...[...contracts].map(
    ([name, schema]) => [join(contractsFolder, name), `${JSON.stringify(schema, null, 2)}\n`] as const,
  ),
  ['docs/reference/canonical-model.md', canonicalModelPage()],
  ['docs/reference/errors.md', errorsPage()],
]);

function left(): readonly string[] {
  const present = existsSync(contractsFolder) ? readdirSync(contractsFolder) : [];
  return present.map((name) => join(contractsFolder, name)).filter((path) => !files.has(path));
}

function check(): boolean {
  const stale = [...files].filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
  const problems = [
    ...stale.map(([path]) => `${path} is stale: run npm run contracts`),
    ...left().map((path) => `${path} belongs to no event: run npm run contracts`),
  ];
  const released = releasedContracts();
  const changes = released === null ? [] : contractChanges(released, contracts);
  for (const { file, kind, path, message } of changes) {
    const line = `${file}: ${path} ${message}`;
    if (kind === 'breaking')
      problems.push(`${line}: breaks readers of the last release; make a new version beside it`);
    else console.log(`caution: ${line}`);
  }
  for (const problem of problems) console.error(problem);
  const compared =
    released === null ? 'no release to compare with yet' : `${released.size} compared with the last release`;
  if (problems.length === 0) console.log(`contracts: ${contracts.size} events, fresh; ${compared}`);
  return problems.length === 0;
}

function write(): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  for (const path of left()) rmSync(path);
  console.log(`contracts: ${files.size} files written`);
}

const { values } = parseArgs({ options: { check: { type: 'boolean' }, release: { type: 'boolean' } } });
if (values.check === true) {
  process.exitCode = check() ? 0 : 1;
} else {
  write();
  if (values.release === true) {
    rmSync(releasedFolder, { recursive: true, force: true });
    cpSync(contractsFolder, releasedFolder, { recursive: true });
  }
}
