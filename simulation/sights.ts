import type { OrderState } from '#processes/order-to-cash/state.ts';
import type { World } from './world.ts';

/** Notes the rare meetings that show only in how an order's state moved on. */
export function notice(world: World, before: OrderState | undefined, after: OrderState): void {
  const payments = Object.keys(after.transactions).length;
  if (after.order === null && payments > 0) world.met('paid before created');
  if (after.tieReads > (before?.tieReads ?? 0)) world.met('an unlike body of one instant was read again');
  if (before?.erp.phase === 'refused' && (after.erp.phase === 'asked' || after.erp.phase === 'created'))
    world.met('rejected, and healed by an edit');
  const isOpen = (state: OrderState | undefined): boolean =>
    Object.values(state?.open ?? {}).some(({ cause }) => cause === 'edited-after-release');
  if (isOpen(after) && !isOpen(before)) world.met('edited after the ERP had it');
}
