import { type Command, Option } from 'commander';
import { crosswalkTables } from '#connector-sdk/mapping.ts';
import { setCrosswalk } from '#journal/crosswalk-import.ts';
import { listProposals, loadCrosswalks } from '#journal/crosswalk-store.ts';
import { counted } from './counted.ts';
import { type FileRow, readCrosswalkFile } from './crosswalk-file.ts';
import { type JournalAccess, withJournal } from './journal-access.ts';
import { type ListFormat, listOptions, printList } from './print-list.ts';
import { table } from './table.ts';

type ImportOptions = { connection: string; table: string; apply?: true };

/** Looks at the rows that are missing, and brings them. */
export function crosswalkCommand(program: Command): void {
  const crosswalk = program.command('crosswalk').description("a retailer's words for a platform's");
  listOptions(
    crosswalk.command('proposals').description('rows that somebody waits for, with what we would guess'),
  ).action(async (format: ListFormat) => {
    await withJournal(program.opts<{ tenant?: string }>().tenant, async ({ database, tenant }) => {
      printList(
        await listProposals(database, tenant),
        ['connection', 'table', 'key', 'proposal', 'waiting'],
        format,
        { none: 'Nobody waits for a row.' },
      );
    });
  });
  crosswalk
    .command('import <file>')
    .description('brings rows (CSV: key,value) after a review; --apply writes them and releases what waited')
    .requiredOption('--connection <id>', 'the platform whose words they are')
    .addOption(
      new Option('--table <name>', 'which of its tables').choices(crosswalkTables).makeOptionMandatory(),
    )
    .option('--apply', 'write')
    .action(async (file: string, options: ImportOptions) => {
      const rows = readCrosswalkFile(file);
      await withJournal(program.opts<{ tenant?: string }>().tenant, (access) =>
        review(access, options, rows),
      );
    });
}

async function review(
  { database, tenant, connections, actor }: JournalAccess,
  { connection, table: name, apply }: ImportOptions,
  rows: readonly FileRow[],
): Promise<void> {
  if (!connections.includes(connection))
    throw new Error(`--connection: ${tenant} has no "${connection}"; there are ${connections.join(', ')}`);
  const { rows: tree } = await loadCrosswalks(database, tenant);
  const known: Readonly<Record<string, string>> = tree[connection]?.[name] ?? {};
  const proposals = new Map(
    (await listProposals(database, tenant))
      .filter((each) => each.connection === connection && each.table === name)
      .map((each) => [each.key, each]),
  );
  const reviewed = rows.map(({ key, value }) => {
    const before = Object.hasOwn(known, key) ? (known[key] ?? null) : null;
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
    return console.log(
      `\n${changes.length} of ${counted(rows.length, 'row')} would be written. Add --apply to do it.`,
    );
  for (const { key, value } of changes)
    await setCrosswalk(database, tenant, { connection, table: name, key, value }, actor);
  console.log(`\n${counted(changes.length, 'row')} written.`);
}
