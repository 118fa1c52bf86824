import { Argument, type Command } from 'commander';
import { orderActions } from '#processes/order-to-cash/operator.ts';
import { sendOperatorAction } from '#ops/operator-action.ts';
import { withJournal } from './journal-access.ts';
import { oneOrder } from './one-order.ts';

/** Lets an operator tell an order's process what only a person can know, as the remedies of its exceptions ask for. */
export function actCommand(program: Command): void {
  program
    .command('act')
    .description("tells an order's process what a person has done or decided")
    .argument('<identifier>', "one order, by any system's id or number")
    .addArgument(new Argument('<action>', 'what its exception names').choices(Object.keys(orderActions)))
    .requiredOption('--reason <text>', 'goes on record')
    .action(async (identifier: string, action: string, { reason }: { reason: string }) => {
      await withJournal(program.opts<{ tenant?: string }>().tenant, async (access) => {
        const { database, tenant, actor } = access;
        const order = await oneOrder(access, identifier);
        await sendOperatorAction(database, tenant, order, action, actor, reason);
        console.log(`${order}: ${action}`);
      });
    });
}
