import type { Command } from 'commander';
import { decideOnCustomers, listDecisions, pairOfReview, revokeDecision } from '#ops/customer-decisions.ts';
import { matchCustomers } from '#ops/customer-matching.ts';
import { listLinkedCustomers } from '#ops/customers.ts';
import { listExceptions } from '#ops/exceptions.ts';
import { wholeNumber } from './arguments.ts';
import { counted } from './counted.ts';
import { type JournalAccess, withJournal } from './journal-access.ts';
import { type ListFormat, listOptions, printList } from './print-list.ts';

// Loaded by those who need it: all connectors come with it.
const matching = () => import('./customer-rules.ts');

/** Which customer records are one customer, and the review of those that may be. */
export function customersCommand(program: Command): void {
  const customers = program
    .command('customers')
    .description('which customer records are one customer; the review of those that may be');
  const journal = (work: (access: JournalAccess) => Promise<void>): Promise<void> =>
    withJournal(program.opts<{ tenant?: string }>().tenant, work);
  const limited = (command: Command): Command =>
    listOptions(command.option('--limit <n>', 'at most', wholeNumber, 100));

  limited(
    customers
      .command('list', { isDefault: true })
      .description('records that are one customer, and what links them')
      .option('--entity <id>', 'only the customer that this record is of'),
  ).action(({ entity, limit, ...format }: ListFormat & { entity?: string; limit: number }) =>
    journal(async ({ database, tenant }) => {
      const rows = await listLinkedCustomers(database, tenant, {
        limit,
        ...(entity !== undefined && { entity }),
      });
      printList(rows, ['identity', 'entity', 'reasons', 'records', 'since'], format, {
        none: 'No record is one customer with another.',
      });
    }),
  );

  limited(
    customers
      .command('review')
      .description('pairs that may be one customer: what speaks against it, for a person'),
  ).action(({ limit, ...format }: ListFormat & { limit: number }) =>
    journal(async ({ database, tenant }) => {
      const reviews = await listExceptions(database, tenant, { cause: 'customer-match', limit });
      const rows = reviews.map(({ id, openedAt, owner, entity, detail }) => ({
        id,
        since: openedAt,
        owner,
        entity,
        detail,
      }));
      printList(rows, ['id', 'since', 'owner', 'entity', 'detail'], format, {
        none: 'Nothing is to be reviewed.',
      });
    }),
  );

  listOptions(
    customers.command('decisions').description('what was decided by whom and why, also what was taken back'),
  ).action((format: ListFormat) =>
    journal(async ({ database, tenant }) => {
      const rows = await listDecisions(database, tenant);
      const columns = [
        'id',
        'decision',
        'entity',
        'other',
        'at',
        'actor',
        'reason',
        'revokedAt',
        'revokedBy',
        'revokedReason',
      ] as const;
      printList(rows, columns, format, { none: 'Nothing was decided.' });
    }),
  );

  for (const [name, decision, description] of [
    ['accept', 'accepted', 'they are one customer: every system is told'],
    ['refuse', 'refused', 'they are two customers, and are never linked, also not by way of a third'],
  ] as const)
    customers
      .command(name)
      .description(description)
      .argument('<review-or-entity>', 'the number of a review, or a record such as customer:shop:1')
      .argument('[other]', 'the other record, where the first is one')
      .requiredOption('--reason <text>', 'goes on record')
      .action((first: string, other: string | undefined, { reason }: { reason: string }) =>
        journal(async (access) => {
          const { database, tenant, actor } = access;
          const pair =
            other === undefined
              ? await pairOfReview(database, tenant, wholeNumber(first))
              : ([first, other] as const);
          await decideOnCustomers(database, tenant, pair, decision, actor, reason);
          console.log(`${pair.join(' and ')}: ${decision}`);
          await matchNow(access);
        }),
      );

  customers
    .command('undo')
    .description('takes a decision back, as if it had never been made')
    .argument('<decision>', 'its number from "customers decisions"', wholeNumber)
    .requiredOption('--reason <text>', 'goes on record')
    .action((id: number, { reason }: { reason: string }) =>
      journal(async (access) => {
        await revokeDecision(access.database, access.tenant, id, access.actor, reason);
        console.log(`${id}: taken back`);
        await matchNow(access);
      }),
    );

  customers
    .command('match')
    .description('matches all records now; the server does so every minute')
    .action(() => journal(matchNow));
}

async function matchNow(access: JournalAccess): Promise<void> {
  const { matcherOf } = await matching();
  const { database, tenant, actor } = access;
  const result = await matchCustomers(database, tenant, matcherOf(access), actor);
  if (result === false) return console.log('The server is matching just now, with what was decided.');
  for (const { entity, identity } of result.changed) console.log(`${entity} is ${identity}`);
  const { opened, closed } = result.reviews;
  console.log(
    `${counted(result.records, 'record')} looked at, ${result.changed.length} changed; ${counted(opened, 'review')} opened, ${closed} closed`,
  );
}
