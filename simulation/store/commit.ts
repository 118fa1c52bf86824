import type { CommandWrite, LaneStep } from '#journal/lane-step.ts';
import type { VirtualStore } from '../virtual-store.ts';
import { orderStateOf } from '../worker/order-processes.ts';
import { storeExtras } from './extras.ts';
import { isHolder, noticeParked, takeKeys } from './conflict-keys.ts';
import { reserve } from './stock.ts';
import type { CommandRow, InstanceRow } from './rows.ts';

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
    commitStep(store, step);
  }
  reserve(store, steps);
  const losers = takeKeys(store, steps);
  for (const step of steps) {
    const missed = step.commands.filter((write) => losers.has(write)).map(({ number }) => number);
    if (missed.length > 0) held.set(step.entity, missed);
    checkHolds(store, step.entity);
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

function commitStep(store: VirtualStore, step: LaneStep): void {
  const { entity } = step;
  store.touched.add(entity);
  if (step.instance !== null)
    store.instances.set(entity, instanceOf(step.instance, store.instances.get(entity)));
  for (const { eventId, disposition } of step.consumed) {
    const inbox = store.inbox.get(entity);
    const event = inbox?.get(eventId);
    const messageId = event?.messageId ?? null;
    inbox?.delete(eventId);
    if (event?.kind === 'deadline' && disposition === 'superseded') noticeLateDeadline(store, entity);
    if (messageId === null) continue;
    store.dispositions.set(messageId, [...(store.dispositions.get(messageId) ?? []), disposition]);
    if (disposition === 'superseded') store.world.met('a duplicate was superseded');
    if (disposition === 'parked') store.world.met('a malformed message was parked');
  }
  let commands = store.commands.get(entity);
  if (commands === undefined) store.commands.set(entity, (commands = new Map()));
  checkClaims(store, step);
  const version = store.instances.get(entity)?.version ?? 0;
  for (const write of step.commands)
    commands.set(write.number, written(store, commands.get(write.number), write, version));
  for (const { number, outcome } of step.finished) {
    const command = commands.get(number);
    commands.delete(number);
    if (command === undefined) continue;
    const { connection, slot, name } = command;
    const rows = store.done.get(entity) ?? [];
    rows.push({ number, connection, slot, name, outcome });
    store.done.set(entity, rows);
    if (command.askedByVersion < version && step.instance !== null)
      store.world.met('the new version took in what the old one had asked for');
    if (outcome === 'withdrawn' && command.state !== 'pending' && isHolder(store, entity, number))
      store.world.met('what held a conflict key was taken back');
    if (outcome === 'superseded') store.world.met('a command was superseded before it was sent');
    if (outcome === 'withdrawn' && name === 'erp.order.create')
      store.world.met('a cancel took back a create that was never sent');
    if (outcome === 'stale') store.world.met('a command was decided again as stale');
  }
  storeExtras(store, step);
  noticeParked(store, step);
}

function checkHolds(store: VirtualStore, entity: string): void {
  for (const [key, hold] of store.holds) {
    const holder = hold.entity === entity ? store.commands.get(entity)?.get(hold.number) : null;
    if (holder === null || (holder !== undefined && holder.state !== 'pending')) continue;
    const why = holder === undefined ? 'over' : 'not under way';
    store.world.violated(
      'no conflict key is held for nothing',
      `${key} by ${entity} #${hold.number}: ${why}`,
    );
  }
}

function noticeLateDeadline(store: VirtualStore, entity: string): void {
  const order = orderStateOf(store.instances.get(entity))?.order ?? null;
  store.world.met('a deadline came after what it waited for');
  if (order !== null && order.cancelled !== null) store.world.met('a deadline came after the cancellation');
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

function written(
  store: VirtualStore,
  before: CommandRow | undefined,
  write: CommandWrite,
  version: number,
): CommandRow {
  const { nowMs, world } = store;
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
    trueDeadlineMs:
      write.startTimeoutMs === null ? (before?.trueDeadlineMs ?? 0) : world.nowMs + write.startTimeoutMs,
    notBeforeMs: nowMs + Math.round(write.delayMs),
    createdAtMs: before?.createdAtMs ?? nowMs,
    conflicts: write.conflicts,
    settleMs: write.settleMs,
    handle: write.handle,
    causedBy: write.causedBy,
    askedByVersion: before?.askedByVersion ?? version,
  };
}

/** The counter, and the end of the claim. Answers whether there is more than the caller knows. */
function closeStep(store: VirtualStore, step: LaneStep): boolean {
  const { entity, release, expectedTodo } = step;
  const lane = store.lanes.get(entity);
  if (lane === undefined) return false;
  const slip = store.world.is('counter-off-by-one') && step.finished.length > 0 ? 1 : 0;
  lane.todo += step.todoDelta + slip;
  lane.steps += 1;
  if (release !== null)
    lane.dueMs = lane.todo <= expectedTodo ? store.nowMs + Math.round(release.dueInMs) : store.nowMs;
  if (release === null) return lane.todo > expectedTodo;
  Object.assign(lane, { lastOwner: lane.owner, owner: null });
  if (lane.todo === 0) store.lanes.delete(entity);
  return false;
}

/** As the journal keeps it: big members that a step says it left alone are not written. */
function instanceOf(
  { bulk, ...written }: NonNullable<LaneStep['instance']>,
  before: InstanceRow | undefined,
): InstanceRow {
  const apart = bulk?.members ?? [];
  if (bulk === undefined || bulk.isChanged || before === undefined) return { ...written, apart };
  const kept = Object.entries(before.state as object).filter(([name]) => apart.includes(name));
  return { ...written, state: { ...(written.state as object), ...Object.fromEntries(kept) }, apart };
}
