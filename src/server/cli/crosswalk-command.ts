import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parse } from 'csv-parse/sync';
import { crosswalkTables } from '#connector-sdk/mapping.ts';
import { setCrosswalk } from '#journal/crosswalk-import.ts';
import { listProposals, loadCrosswalks } from '#journal/crosswalk-store.ts';
import { type JournalAccess, withJournal } from './journal-access.ts';
import { table } from './table.ts';

type ImportOptions = { connection: string; table: string; apply?: true };
type Row = { readonly key: string; readonly value: string };

/** Reads `key,value[,note]`. @throws Error that names the line. */
function readRows(file: string): readonly Row[] {
  const records: Record<string, string>[] = parse(readFileSync(file), {
    columns: true,
    bom: true,
    trim: true,
    skip_empty_lines: true,
  });
  const rows = records.map((record, index) => {
    const { key, value } = record;
    if (key === undefined || value === undefined || key === '' || value === '')
      throw new Error(`${file}, row ${index + 1}: key and value are both needed (columns "key" and "value")`);
    return { key, value };
  });
  const twice = rows.find(({ key }, index) => rows.findIndex((row) => row.key === key) !== index);
  if (twice !== undefined) throw new Error(`${file}: "${twice.key}" stands there twice`);
  return rows;
}

export function crosswalkCommand(program: Command): void {
  const crosswalk = program.command('crosswalk').description("a retailer's words for a platform's");
  crosswalk
    .command('proposals')
    .description('rows that somebody waits for, with what we would guess')
    .action(async () => {
      await withJournal(program.opts<{ tenant?: string }>().tenant, async ({ database, tenant }) => {
        const proposals = await listProposals(database, tenant);
        console.log(
          proposals.length === 0 ? 'Nobody waits for a row.' : table(proposals.map((each) => ({ ...each }))),
        );
      });
    });
  crosswalk
    .command('import <file>')
    .description('brings rows (CSV: key,value) after a review; --apply writes them and releases what waited')
    .requiredOption('--connection <id>', 'the platform whose words they are')
    .requiredOption('--table <name>', `one of ${crosswalkTables.join(', ')}`)
    .option('--apply', 'write')
    .action(async (file: string, options: ImportOptions) => {
      if (!(crosswalkTables as readonly string[]).includes(options.table))
        throw new Error(`--table: "${options.table}" is none of ${crosswalkTables.join(', ')}`);
      const rows = readRows(file);
      await withJournal(program.opts<{ tenant?: string }>().tenant, (access) =>
        review(access, options, rows),
      );
    });
}

async function review(
  { database, tenant, actor }: JournalAccess,
  { connection, table: name, apply }: ImportOptions,
  rows: readonly Row[],
): Promise<void> {
  const { rows: tree } = await loadCrosswalks(database, tenant);
  const known: Readonly<Record<string, string>> = tree[connection]?.[name] ?? {};
  const proposals = new Map(
    (await listProposals(database, tenant))
      .filter((each) => each.connection === connection && each.table === name)
      .map((each) => [each.key, each]),
  );
  const reviewed = rows.map(({ key, value }) => {
    const before = known[key] ?? null;
    const proposal = proposals.get(key);
    const match =
      before === value
        ? 'same'
        : before !== null
          ? `changes "${before}"`
          : proposal !== undefined
            ? `awaited${proposal.proposal === null ? '' : `, proposed "${proposal.proposal}"`}`
            : 'new';
    return { key, value, match };
  });
  console.log(table(reviewed));
  const changes = reviewed.filter(({ match }) => match !== 'same');
  if (apply !== true)
    return console.log(`\n${changes.length} of ${rows.length} rows would be written. Add --apply to do it.`);
  for (const { key, value } of changes)
    await setCrosswalk(database, tenant, { connection, table: name, key, value }, actor);
  console.log(`\n${changes.length} rows written.`);
}
