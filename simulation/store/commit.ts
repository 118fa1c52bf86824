import type { CommandWrite, LaneStep } from '#journal/lane-step.ts';
import type { VirtualStore } from '../virtual-store.ts';
import { freeHolds, storeExtras } from './extras.ts';
import type { CommandRow } from './rows.ts';

export type CommitResult =
  | {
      readonly kind: 'committed';
      readonly more: ReadonlySet<string>;
      readonly held: ReadonlyMap<string, readonly number[]>;
    }
  | { readonly kind: 'fenced'; readonly lost: ReadonlySet<string>; readonly applied: ReadonlySet<string> }
  | { readonly kind: 'refused'; readonly detail: string };

/** Commits the steps of many lanes at once, or none of them: each is fenced by owner, claim and sequence. */
export function commitSteps(store: VirtualStore, session: number, steps: readonly LaneStep[]): CommitResult {
  const { world } = store;
  const lost = new Set<string>();
  const applied = new Set<string>();
  for (const step of steps) {
    const lane = store.lanes.get(step.entity);
    const isMine = lane !== undefined && lane.owner === session && lane.claim === step.claim;
    if (isMine && lane.steps === step.sequence) continue;
    if (isMine && lane.steps === step.sequence + 1) applied.add(step.entity);
    else if (!world.is('no-fencing') || lane === undefined) lost.add(step.entity);
  }
  if (lost.size + applied.size > 0) return { kind: 'fenced', lost, applied };
  for (const step of steps) {
    const detail = refusal(store, step);
    if (detail !== null) return { kind: 'refused', detail };
  }

  const more = new Set<string>();
  const held = new Map<string, readonly number[]>();
  for (const step of steps) {
    if (!store.sessions.has(session))
      world.violated('a zombie changes nothing in the store', `${step.entity} by session ${session}`);
    const missed = commitStep(store, step);
    if (missed.length > 0) held.set(step.entity, missed);
  }
  for (const step of steps) if (closeStep(store, step)) more.add(step.entity);
  return { kind: 'committed', more, held };
}

/** The checks at which the database raises. */
function refusal(store: VirtualStore, step: LaneStep): string | null {
  const inbox = store.inbox.get(step.entity);
  const gone = step.consumed.filter(({ eventId }) => inbox?.has(eventId) !== true);
  if (gone.length > 0)
    return `${step.entity}: events ${gone.map(({ eventId }) => eventId).join(', ')} are consumed already`;
  const todo = (store.lanes.get(step.entity)?.todo ?? 0) + step.todoDelta;
  return todo < 0 ? `${step.entity}: its counter would be ${todo}` : null;
}

/** Answers the commands that did not get their conflict keys. */
function commitStep(store: VirtualStore, step: LaneStep): readonly number[] {
  const { entity } = step;
  store.touched.add(entity);
  if (step.instance !== null) store.instances.set(entity, step.instance);
  for (const { eventId, disposition } of step.consumed) {
    const inbox = store.inbox.get(entity);
    const messageId = inbox?.get(eventId)?.messageId ?? null;
    inbox?.delete(eventId);
    if (messageId === null) continue;
    store.dispositions.set(messageId, [...(store.dispositions.get(messageId) ?? []), disposition]);
    if (disposition === 'superseded') store.world.met('a duplicate was superseded');
    if (disposition === 'parked') store.world.met('a malformed message was parked');
  }
  let commands = store.commands.get(entity);
  if (commands === undefined) store.commands.set(entity, (commands = new Map()));
  checkClaims(store, step);
  for (const write of step.commands)
    commands.set(write.number, written(store.nowMs, commands.get(write.number), write));
  for (const { number, outcome } of step.finished) {
    const command = commands.get(number);
    commands.delete(number);
    if (command === undefined) continue;
    const { connection, slot, name } = command;
    const rows = store.done.get(entity) ?? [];
    rows.push({ number, connection, slot, name, outcome });
    store.done.set(entity, rows);
    if (outcome === 'superseded') store.world.met('a command was superseded before it was sent');
    if (outcome === 'withdrawn' && name === 'erp.order.create')
      store.world.met('a cancel took back a create that was never sent');
    if (outcome === 'stale') store.world.met('a command was decided again as stale');
  }
  storeExtras(store, step);
  const over = new Set(step.finished.map(({ number }) => number));
  for (const [key, hold] of store.holds)
    if (hold.entity === entity && over.has(hold.number))
      store.world.violated(
        'no conflict key stays held',
        `${key} by ${entity} #${hold.number}, which is over`,
      );
  return step.commands.filter((write) => !takeHolds(store, entity, write)).map(({ number }) => number);
}

/** What a step says of its commands, held against what is true. */
function checkClaims(store: VirtualStore, { entity, attempts, commands, finished }: LaneStep): void {
  const owner = store.lanes.get(entity)?.owner;
  for (const { number, attempt, step } of attempts)
    if (step === 'lost' && owner !== null && store.calls.get(`${entity} ${number} ${attempt}`) === owner)
      store.world.violated(
        'a call of a living worker is never taken for lost',
        `${entity} #${number}.${attempt}`,
      );
  const givenUp = [
    ...commands.filter(({ state, startTimeoutMs }) => state === 'pending' && startTimeoutMs === null),
    ...finished.filter(({ outcome }) => outcome !== 'done' && outcome !== 'resolved'),
  ];
  for (const { number } of givenUp)
    if (store.hadEffect(entity, number))
      store.world.violated('what had an effect is not taken for without', `${entity} #${number}`);
}

function written(nowMs: number, before: CommandRow | undefined, write: CommandWrite): CommandRow {
  return {
    number: write.number,
    name: write.name,
    connection: write.connection,
    slot: write.slot,
    payload: write.request === undefined ? (write.payload ?? before?.payload ?? null) : null,
    request: write.request ?? before?.request ?? null,
    mapping: write.mapping ?? before?.mapping ?? null,
    state: write.state,
    parked: write.parked,
    attempt: write.attempt,
    attemptDeadlineMs:
      write.startTimeoutMs === null ? (before?.attemptDeadlineMs ?? null) : nowMs + write.startTimeoutMs,
    notBeforeMs: nowMs + Math.round(write.delayMs),
    createdAtMs: before?.createdAtMs ?? nowMs,
    conflicts: write.conflicts,
    settleMs: write.settleMs,
    handle: write.handle,
    causedBy: write.causedBy,
  };
}

/** All keys or none; without them the attempt has not begun. */
function takeHolds(store: VirtualStore, entity: string, write: CommandWrite): boolean {
  const { number, connection, conflictKeys } = write;
  const keys = conflictKeys.map((key) => `${connection} ${key}`);
  const isFree = keys.every((key) => {
    const hold = store.holds.get(key);
    return hold === undefined || (hold.entity === entity && hold.number === number);
  });
  if (isFree) {
    for (const key of keys) store.holds.set(key, { entity, number });
    return true;
  }
  store.world.met('a conflict key was held by another lane');
  const command = store.commands.get(entity)?.get(number);
  if (command === undefined) return true;
  const state =
    store.world.is('stand-back-forgets') || command.state === 'attempting' ? 'pending' : command.state;
  Object.assign(command, {
    state,
    attempt: command.attempt - 1,
    attemptDeadlineMs: state === 'pending' ? null : command.attemptDeadlineMs,
    notBeforeMs: store.nowMs + store.world.random.between(100, 400),
  });
  if (state === 'pending') freeHolds(store, entity, number);
  return false;
}

/** The counter, and the end of the claim. Answers whether there is more than the caller knows. */
function closeStep(store: VirtualStore, step: LaneStep): boolean {
  const { entity, release, expectedTodo } = step;
  const lane = store.lanes.get(entity);
  if (lane === undefined) return false;
  const slip = store.world.is('counter-off-by-one') && step.finished.length > 0 ? 1 : 0;
  lane.todo += step.todoDelta + slip;
  lane.steps += 1;
  lane.dueMs =
    release !== null && lane.todo <= expectedTodo ? store.nowMs + Math.round(release.dueInMs) : store.nowMs;
  if (release === null) return lane.todo > expectedTodo;
  Object.assign(lane, { lastOwner: lane.owner, owner: null });
  if (lane.todo === 0) store.lanes.delete(entity);
  return false;
}
