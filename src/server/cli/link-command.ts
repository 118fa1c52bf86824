import type { Command } from 'commander';
import { loadCrosswalks } from '#journal/crosswalk-store.ts';
import { documentDifferences, whyNeverLinked } from '#ops/keyed-document.ts';
import { linkDocument, orderOfException, readOrder } from '#ops/link-document.ts';
import { readRef, wholeNumber } from './arguments.ts';
import { type JournalAccess, withJournal } from './journal-access.ts';
import { oneOrder } from './one-order.ts';

// Loaded by those who need it: all connectors come with it.
const documents = () => import('./document-reading.ts');

type LinkOptions = { order?: string; ref: string; reason: string; despiteDifferences?: true };

/** Links a document that somebody keyed into the ERP by hand, after a look whether it is there and fits. */
export function linkCommand(program: Command, exceptions: Command): void {
  exceptions
    .command('link')
    .description(
      "takes a document that was keyed into the ERP by hand for the order's, so that none is made beside it",
    )
    .argument('[id]', 'the number of an exception of the order, from the list', wholeNumber)
    .option('--order <identifier>', "the order itself, by any system's id or number")
    .requiredOption('--ref <connection/type/id>', 'the document, e.g. erp/sale.sale/42')
    .requiredOption('--reason <text>', 'goes on record')
    .option(
      '--despite-differences',
      'links it although it differs; the differences go on record and stay open as an edit',
    )
    .action((id: number | undefined, options: LinkOptions) =>
      withJournal(program.opts<{ tenant?: string }>().tenant, (access) => link(access, id, options)),
    );
}

async function link(
  access: JournalAccess,
  id: number | undefined,
  { order: identifier, ref: text, reason, despiteDifferences }: LinkOptions,
): Promise<void> {
  const { database, tenant, actor } = access;
  if ((id === undefined) === (identifier === undefined))
    throw new Error('say which order: the number of its exception, or --order');
  const entity =
    id === undefined
      ? await oneOrder(access, identifier ?? '')
      : await orderOfException(database, tenant, id);
  const order = await readOrder(database, tenant, entity);
  const { readDocument } = await documents();
  const document = await readDocument(access, readRef(text));
  const name = `${text} (${document.number ?? 'without a number'})`;
  const never = whyNeverLinked(order, entity, document);
  if (never !== null) throw new Error(`${name} is not linked: ${never}`);
  const { rows } = await loadCrosswalks(database, tenant);
  const differences = documentDifferences(order, document, rows[document.ref.connection] ?? {});
  for (const difference of differences) console.log(difference);
  if (differences.length > 0 && despiteDifferences === undefined)
    throw new Error(
      `${name} differs from ${entity}: correct it there, or link it with --despite-differences`,
    );
  await linkDocument(database, tenant, {
    entity,
    document: { ref: document.ref, number: document.number, totalMinor: document.total?.amountMinor ?? null },
    differences,
    by: actor,
    reason,
  });
  console.log(`${entity}: linked to ${name}`);
}
