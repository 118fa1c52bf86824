import type { CommandWrite, LaneStep } from '#journal/lane-step.ts';
import type { VirtualStore } from '../virtual-store.ts';

/** Others that may have a key before somebody who waits for it, once nothing goes wrong any more. */
const patience = 40;

type Want = { readonly entity: string; readonly write: CommandWrite; readonly keys: readonly string[] };

/** All keys or none; of several in one batch that want the same key, one gets it. Answers those that did not get theirs. */
export function takeKeys(store: VirtualStore, steps: readonly LaneStep[]): ReadonlySet<CommandWrite> {
  const wants = steps
    .flatMap(({ entity, commands }) =>
      commands.map((write): Want => ({ entity, write, keys: keysOf(write) })),
    )
    .filter(({ keys }) => keys.length > 0)
    .toSorted((a, b) =>
      a.entity < b.entity ? -1 : a.entity > b.entity ? 1 : a.write.number - b.write.number,
    );
  if (wants.length === 0) return new Set();
  for (const { entity, write, keys } of wants)
    for (const key of keys) if (!store.holds.has(key)) store.holds.set(key, { entity, number: write.number });
  const losers = wants.filter((want) => !isAllHeld(store, want));
  for (const want of losers) standBack(store, want);
  for (const want of wants) if (!losers.includes(want)) had(store, want);
  return new Set(losers.map(({ write }) => write));
}

const keysOf = ({ connection, conflictKeys }: CommandWrite): readonly string[] =>
  conflictKeys.map((key) => `${connection} ${key}`);

const heldBy = (store: VirtualStore, { entity, write, keys }: Want): readonly string[] =>
  keys.filter((key) => {
    const hold = store.holds.get(key);
    return hold?.entity === entity && hold.number === write.number;
  });
const isAllHeld = (store: VirtualStore, want: Want): boolean =>
  heldBy(store, want).length === want.keys.length;

/** Without its keys an attempt has not begun, and what it was before it is still. */
function standBack(store: VirtualStore, want: Want): void {
  const { entity, write } = want;
  missed(store, want);
  const command = store.commands.get(entity)?.get(write.number);
  if (command === undefined) return;
  const state =
    store.world.is('stand-back-forgets') || command.state === 'attempting' ? 'pending' : command.state;
  Object.assign(command, {
    state,
    attempt: command.attempt - 1,
    attemptDeadlineMs: state === 'pending' ? null : command.attemptDeadlineMs,
    notBeforeMs: store.nowMs + store.world.random.between(100, 400),
  });
  if (state === 'pending' && !store.world.is('some-keys-kept')) freeHolds(store, entity, write.number);
}

export function freeHolds(store: VirtualStore, entity: string, number: number): void {
  for (const [key, hold] of store.holds)
    if (hold.entity === entity && hold.number === number) store.holds.delete(key);
}

export function isHolder(store: VirtualStore, entity: string, number: number): boolean {
  for (const hold of store.holds.values()) if (hold.entity === entity && hold.number === number) return true;
  return false;
}

/** What stands still with its effect unknown keeps its keys: it may still have it. */
export function noticeParked(store: VirtualStore, { entity, commands }: LaneStep): void {
  for (const { number, parked, state } of commands) {
    if (parked && state !== 'pending' && isHolder(store, entity, number))
      store.world.met('a holder of a conflict key was parked');
    if (state === 'ambiguous' && store.world.is('keys-freed-when-unknown')) freeHolds(store, entity, number);
  }
}

function had(store: VirtualStore, { entity, write, keys }: Want): void {
  const mine = `${entity} ${write.number}`;
  if ((store.keyWaits.get(mine)?.passed ?? 0) > 2)
    store.world.met('a key went to others more than twice before it was had');
  store.keyWaits.delete(mine);
  for (const wait of store.keyWaits.values()) if (keys.some((key) => wait.keys.has(key))) wait.passed += 1;
}

function missed(store: VirtualStore, want: Want): void {
  const { world } = store;
  world.met('a conflict key was held by another lane');
  if (heldBy(store, want).length > 0) world.met('of several keys some were free, and none was kept');
  const mine = `${want.entity} ${want.write.number}`;
  const wait = store.keyWaits.get(mine) ?? { keys: new Set(want.keys), passed: 0 };
  store.keyWaits.set(mine, wait);
  if (!world.isCalm) wait.passed = Math.min(wait.passed, 3);
  else if (wait.passed > patience)
    world.violated('nobody waits for a conflict key for ever', `${mine}: ${wait.passed} others had it`);
}
