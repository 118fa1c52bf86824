import type { Command } from 'commander';
import { findEntities, traceEntity } from '#ops/trace.ts';
import { withJournal } from './journal-access.ts';
import { table } from './table.ts';

const detailLength = 120;
const shortened = (text: string | null): string | null =>
  text !== null && text.length > detailLength ? `${text.slice(0, detailLength)}...` : text;

/** Shows an entity's history over all systems. */
export function traceCommand(program: Command): void {
  program
    .command('trace <identifier>')
    .description(
      "one order over all systems: by any system's id or number, a tracking number, an e-mail address",
    )
    .option('--json', 'one JSON array, with everything in full')
    .option('--state', 'with what the process knows')
    .action(async (identifier: string, options: { json?: true; state?: true }) => {
      await withJournal(program.opts<{ tenant?: string }>().tenant, async ({ database, master, tenant }) => {
        const entities = await findEntities(database, master, tenant, identifier);
        const traces = await Promise.all(entities.map((entity) => traceEntity(database, tenant, entity)));
        if (traces.length === 0) process.exitCode = 1;
        if (options.json) return console.log(JSON.stringify(traces));
        if (traces.length === 0) console.error(`nothing here is called "${identifier}"`);
        for (const trace of traces) {
          console.log(`\n${trace.entity}${trace.inFlight > 0 ? `, ${trace.inFlight} things to do` : ''}`);
          console.log(
            `known as  ${trace.links.map((link) => `${link.connection} ${link.type} ${link.id}`).join(' | ')}`,
          );
          console.log(
            `called    ${trace.aliases.filter((alias) => !alias.startsWith('email:')).join(', ')}\n`,
          );
          console.log(
            table(
              trace.lines.map(({ at, kind, connection, what, outcome, detail }) => ({
                at,
                kind,
                connection,
                what,
                outcome,
                detail: shortened(detail),
              })),
            ),
          );
          if (options.state) console.log(JSON.stringify(trace.state, null, 2));
        }
      });
    });
}
