import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { applyPatch, jsonPatchSchema, parseExact } from '#ops/json-patch.ts';
import { type MessageEdit, readMessage } from '#ops/message-body.ts';
import { editMessage } from '#ops/message-edit.ts';
import { previewReplay, replayMessages } from '#ops/replay.ts';
import { wholeNumber, wholeNumbers } from './arguments.ts';
import { counted } from './counted.ts';
import { type JournalAccess, withJournal } from './journal-access.ts';
import { table } from './table.ts';

// Loaded by those who need it: all connectors come with it.
const checking = () => import('./check-edit.ts');

type EditOptions = { file?: string; patch?: string; reason: string; dryRun?: true };

/** What is done with single messages. */
export function messageCommands(program: Command, messages: Command): void {
  const journal = (work: (access: JournalAccess) => Promise<void>): Promise<void> =>
    withJournal(program.opts<{ tenant?: string }>().tenant, work);

  messages
    .command('show')
    .description('what one holds, as it is read now, and who corrected what; that you looked goes on record')
    .argument('<id>', 'its number from the list', wholeNumber)
    .option('--original', 'as it came, without the corrections')
    .option('--body', 'nothing but the body, e.g. to correct it in a file')
    .action((id: number, options: { original?: true; body?: true }) =>
      journal(async ({ database, master, tenant, actor }) => {
        const message = await readMessage(database, master, tenant, id, actor);
        const body = (options.original ? message.original : message.current).toString('utf8');
        if (options.body) return void process.stdout.write(body);
        const { connection, topic, sourceEventId, occurredAt, entity, edits } = message;
        console.log(table([{ id, connection, topic, sourceEventId, occurredAt, entity }]));
        console.log(`\n${indented(body)}`);
        for (const edit of edits) console.log(`\n${editText(edit)}`);
      }),
    );

  messages
    .command('edit')
    .description(
      'corrects one that is parked or was rejected, and takes it in again; what came stays, and the difference is kept',
    )
    .argument('<id>', 'its number from the list', wholeNumber)
    .addOption(
      new Option('--file <path>', 'the whole body as it should be ("-": standard input)').conflicts('patch'),
    )
    .option('--patch <path>', 'a JSON patch (RFC 6902: add, remove, replace, test)')
    .option('--dry-run', 'shows the difference and whether it can be read; stores nothing')
    .requiredOption('--reason <text>', 'goes on record')
    .action((id: number, { file, patch, reason, dryRun }: EditOptions) =>
      journal(async (access) => {
        const change = changeFrom(file, patch);
        const { editCheck } = await checking();
        const { database, master, tenant, actor: by } = access;
        const check = editCheck(access);
        const edited = await editMessage(database, master, tenant, {
          id,
          change,
          check,
          by,
          reason,
          dryRun: dryRun === true,
        });
        for (const operation of edited.patch) console.log(JSON.stringify(operation));
        console.log(
          dryRun
            ? `\n${edited.entity} could read it. Without --dry-run it is stored and taken in again.`
            : `\n${id}: edit ${edited.edit}, taken in again by ${edited.entity}`,
        );
      }),
    );

  messages
    .command('replay')
    .description('takes these in again, as they were corrected last; effects that exist are not repeated')
    .argument('<ids...>', 'numbers from the list', wholeNumbers)
    .requiredOption('--reason <text>', 'goes on record')
    .action((ids: readonly number[], { reason }: { reason: string }) =>
      journal(async ({ database, tenant, actor }) => {
        const found = await Promise.all(
          ids.map((messageId) => previewReplay(database, tenant, { messageId, limit: 1 })),
        );
        const missing = ids.filter((_, at) => found[at]?.length === 0);
        if (missing.length > 0)
          throw new Error(`not kept, in flight, or linked to none of our records: ${missing.join(', ')}`);
        const taken = await replayMessages(database, tenant, found.flat(), actor, reason);
        console.log(`${counted(taken, 'message')} taken in again.`);
      }),
    );
}

/** @throws Error when neither or an unreadable file is named */
function changeFrom(file: string | undefined, patch: string | undefined): (current: Buffer) => Buffer {
  if (file !== undefined) {
    const body = readFileSync(file === '-' ? 0 : file);
    return () => body;
  }
  if (patch === undefined) throw new Error('say how: --file or --patch');
  const read = jsonPatchSchema.safeParse(parseExact(readFileSync(patch === '-' ? 0 : patch, 'utf8')));
  if (!read.success) throw new Error(`${patch} is no JSON patch of add, remove, replace and test`);
  return (current) =>
    Buffer.from(JSON.stringify(applyPatch(parseExact(current.toString('utf8')), read.data)));
}

const editText = ({ edit, at, actor, reason, patch }: MessageEdit): string =>
  [
    `edit ${edit}, ${at}, ${actor}: ${reason}`,
    ...patch.map((operation) => `  ${JSON.stringify(operation)}`),
  ].join('\n');

function indented(body: string): string {
  try {
    return JSON.stringify(parseExact(body), null, 2);
  } catch {
    return body;
  }
}
