import { once } from 'node:events';
import { type Command, Option } from 'commander';
import { type ListedMessage, type MessageFate, messageFates, readMessages } from '#ops/messages.ts';
import { instantText, wholeNumber } from './arguments.ts';
import { messageCommands } from './message-commands.ts';
import { withJournal } from './journal-access.ts';
import { csv } from './csv.ts';
import { table } from './table.ts';

type Options = {
  connection?: string;
  topic?: string;
  entity?: string;
  fate?: MessageFate;
  from?: string;
  to?: string;
  limit?: number;
  csv?: true;
  json?: true;
};

const columns = [
  'messageId',
  'receivedAt',
  'connection',
  'topic',
  'sourceEventId',
  'bodySha256',
  'via',
  'entity',
  'fate',
  'reason',
  'by',
] as const satisfies readonly (keyof ListedMessage)[];

/** Without a file to fill, nobody reads more than this. */
const shownByItself = 100;

/** Lists every message that came in, each with what became of it; shows one, corrects it, takes it in again. */
export function messagesCommand(program: Command): void {
  const messages = program
    .command('messages')
    .description(
      'every message that came in, with what became of it; the correction of one that stands still',
    );
  messages
    .command('list', { isDefault: true })
    .description('oldest first, with what became of each and why')
    .option('--connection <id>', 'only of this connection')
    .option('--topic <name>')
    .option('--entity <id>')
    .addOption(new Option('--fate <what>', 'only those that ended so').choices(messageFates))
    .option('--from <instant>', 'received at or after, RFC 3339', instantText)
    .option('--to <instant>', 'received before', instantText)
    .option('--limit <n>', `at most (default: ${shownByItself}; all with --csv or --json)`, wholeNumber)
    .option('--csv', 'for a spreadsheet (RFC 4180)')
    .option('--json', 'one JSON array, one message a line')
    .action(async ({ limit, csv: asCsv, json: asJson, ...filter }: Options) => {
      await withJournal(program.opts<{ tenant?: string }>().tenant, async ({ database, tenant }) => {
        const found = readMessages(database, tenant, filter);
        if (asJson) return printJson(taken(found, limit));
        if (asCsv) return printCsv(taken(found, limit));
        const rows: ListedMessage[] = [];
        for await (const message of taken(found, limit ?? shownByItself)) rows.push(message);
        console.log(rows.length === 0 ? 'No message.' : table(rows.map(shown)));
      });
    });
  messageCommands(program, messages);
}

async function* taken(
  messages: AsyncIterable<ListedMessage>,
  limit: number | undefined,
): AsyncGenerator<ListedMessage> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  for await (const message of messages) {
    yield message;
    left -= 1;
    if (left <= 0) return;
  }
}

/** One array to those who read it whole; a line each to those who cannot. */
async function printJson(messages: AsyncIterable<ListedMessage>): Promise<void> {
  let before = '[\n';
  for await (const message of messages) {
    await print(`${before}${JSON.stringify(message)}`);
    before = ',\n';
  }
  await print(before === '[\n' ? '[]\n' : '\n]\n');
}

async function printCsv(messages: AsyncIterable<ListedMessage>): Promise<void> {
  await print(`${csv(columns, [])}\r\n`);
  for await (const message of messages)
    await print(`${csv(columns, [message]).split('\r\n').slice(1).join('')}\r\n`);
}

/** Waits for a slow reader, so that what he has not read yet does not pile up here. */
async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

const shown = ({ messageId, receivedAt, connection, topic, entity, fate, reason }: ListedMessage) => ({
  id: messageId,
  received: receivedAt,
  connection,
  topic,
  entity,
  fate,
  reason,
});
