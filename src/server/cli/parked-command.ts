import type { Command } from 'commander';
import { actOnParked, listParked, type ParkedAction } from '#ops/parked.ts';
import { withJournal } from './journal-access.ts';
import { csv, table } from './table.ts';

type ListOptions = { cause?: string; connection?: string; limit: string; csv?: true; json?: true };

/** `connection/type/id`; the id may hold slashes. @throws Error */
function readRef(text: string): { connection: string; type: string; id: string } {
  const [connection = '', type = '', ...id] = text.split('/');
  if (connection === '' || type === '' || id.join('/') === '')
    throw new Error(`"${text}" is not connection/type/id, e.g. erp/sale.sale/42`);
  return { connection, type, id: id.join('/') };
}

export function parkedCommand(program: Command): void {
  const parked = program.command('parked').description('what stands still, with the reason and the way out');
  parked
    .command('list', { isDefault: true })
    .description('oldest first')
    .option('--cause <code>', 'only this cause')
    .option('--connection <id>', 'only of this connection')
    .option('--limit <n>', 'at most', '100')
    .option('--csv', 'for a spreadsheet')
    .option('--json', 'one JSON array')
    .action(async ({ cause, connection, limit, ...options }: ListOptions) => {
      await withJournal(program.opts<{ tenant?: string }>().tenant, async ({ database, tenant }) => {
        const things = await listParked(database, tenant, {
          limit: Number(limit),
          ...(cause !== undefined && { cause }),
          ...(connection !== undefined && { connection }),
        });
        if (options.json) return console.log(JSON.stringify(things));
        if (options.csv) return console.log(csv(things));
        const rows = things.map(
          ({ id, openedAt, kind, entity, connection: at, name, cause: why, detail, remedy }) => ({
            id,
            since: openedAt,
            kind,
            entity,
            what: [at, name].filter(Boolean).join(' '),
            cause: why,
            detail,
            remedy,
          }),
        );
        console.log(rows.length === 0 ? 'Nothing stands still.' : table(rows));
      });
    });
  const act = (name: 'retry' | 'discard' | 'resolve', description: string): void => {
    parked
      .command(`${name} <ids...>`)
      .description(description)
      .requiredOption('--reason <text>', 'goes on record')
      .option('--ref <connection/type/id...>', 'the document that was made by hand (resolve)')
      .action(async (ids: string[], options: { reason: string; ref?: string[] }) => {
        const action: ParkedAction =
          name === 'resolve' ? { action: name, refs: (options.ref ?? []).map(readRef) } : { action: name };
        await withJournal(program.opts<{ tenant?: string }>().tenant, async ({ database, tenant, actor }) => {
          for (const id of ids) {
            await actOnParked(database, tenant, Number(id), action, actor, options.reason);
            console.log(`${id}: ${name}`);
          }
        });
      });
  };
  act('retry', 'goes on as if it had just arrived');
  act('discard', 'is given up; its process is told');
  act('resolve', 'was done by hand; its process goes on from the document named');
}
