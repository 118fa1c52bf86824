import type { OrderState } from '#processes/order-to-cash/state.ts';
import { censusDeadline } from '#processes/order-to-cash/erp-census.ts';
import { rereadDeadline } from '#processes/order-to-cash/reads.ts';
import type { VirtualStore } from './virtual-store.ts';

/** What an order waits for by the clock: the deadline is set, or has fired and is not taken in yet; and nothing is overdue too soon. */
export function checkDeadlines(
  store: VirtualStore,
  entity: string,
  before: OrderState | undefined,
  after: OrderState,
): void {
  const { world } = store;
  const { census, read } = after;
  const rereadAt = read?.rereadAt ?? null;
  if (rereadAt !== null && !isSet(store, entity, rereadDeadline))
    world.violated('a deadline that is awaited is set', `${entity} ${rereadDeadline}`);
  if (census.dueAt !== null && !census.isMissing && !isSet(store, entity, censusDeadline))
    world.violated('a deadline that is awaited is set', `${entity} ${censusDeadline}`);

  const wasDueAt = before?.read?.rereadAt ?? null;
  const isAskedAgain = (read?.tries ?? 0) > (before?.read?.tries ?? 0) && before?.read !== null;
  if (isAskedAgain && wasDueAt !== null && Date.parse(wasDueAt) > store.latestMs)
    world.violated('nothing is overdue before its time', `${entity} read again before ${wasDueAt}`);
  if (!census.isMissing || before?.census.isMissing === true || census.dueAt === null) return;
  const dueAtMs = Date.parse(census.dueAt);
  if (dueAtMs > store.latestMs)
    world.violated('nothing is overdue before its time', `${entity} missing before ${census.dueAt}`);
  if ((store.readToMs.get('erp') ?? 0) < dueAtMs && store.maxReadToMs < dueAtMs)
    world.violated('an order is missing only in an ERP that was looked at', entity);
  world.met('an order was missing in the ERP by its deadline');
}

function isSet(store: VirtualStore, entity: string, name: string): boolean {
  if (store.timers.has(`${entity} ${name}`)) return true;
  for (const event of store.inbox.get(entity)?.values() ?? [])
    if (event.kind === 'deadline' && (event.body as { readonly name: string }).name === name) return true;
  return false;
}
