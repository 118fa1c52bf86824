import type { Json } from '#canonical/json.ts';
import { boolArray, int4Array, int8Array, textArray } from './binary-arrays.ts';
import type { Database } from './database.ts';
import { tenantList } from './intake-store.ts';
import { type MasterKey, openBody } from './sealed-box.ts';

export type LaneKey = { readonly tenant: string; readonly entity: string };
export const laneId = (lane: LaneKey): string => `${lane.tenant} ${lane.entity}`;

export type ClaimedLane = LaneKey & {
  readonly claim: number;
  readonly todo: number;
  /** Null before the entity's first step. */
  readonly instance: { readonly process: string; readonly version: number; readonly state: Json; readonly nextCommand: number } | null;
};

export type InboxEvent = LaneKey & { readonly eventId: number; readonly at: string } & (
    | { readonly kind: 'message'; readonly messageId: number; readonly connection: string; readonly topic: string; readonly occurredAt: string; readonly body: Buffer; readonly bodyHash: string }
    | { readonly kind: 'deadline' | 'reservation' | 'operator'; readonly body: Json }
  );

export type CommandState = 'pending' | 'attempting' | 'ambiguous' | 'accepted';
export type StoredCommand = LaneKey & {
  readonly number: number;
  readonly name: string;
  readonly connection: string;
  readonly slot: string;
  readonly payload: Json | null;
  readonly request: Json | null;
  readonly mapping: Json | null;
  readonly state: CommandState;
  readonly parked: boolean;
  readonly attempt: number;
  /** Milliseconds since the epoch, by the database's clock. */
  readonly attemptDeadlineMs: number | null;
  readonly notBeforeMs: number;
  readonly createdAtMs: number;
  readonly conflicts: number;
  readonly settleMs: number;
  readonly handle: Json | null;
  readonly causedBy: string;
};

export class SessionOverError extends Error {
  override readonly name = 'SessionOverError';
}
/** Nothing of a batch was applied: some lanes are lost, or their step was committed before and only its answer was lost. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
  readonly lost: readonly LaneKey[];
  readonly applied: readonly LaneKey[];
  constructor(lost: readonly LaneKey[], applied: readonly LaneKey[]) {
    super(`${lost.length} lanes are not ours any more, ${applied.length} steps were committed before`);
    this.lost = lost;
    this.applied = applied;
  }
}

const parse = (text: string | null): Json | null => (text === null ? null : (JSON.parse(text) as Json));

/** Takes free lanes that are due: of each class (the index) at most its limit, of all at most the first. @throws SessionOverError */
export async function claimLanes(database: Database, tenants: readonly string[], session: number, limits: readonly number[]): Promise<ClaimedLane[]> {
  type Row = { tenant: string; entity: string; claim: number; todo: number; process: string | null; version: number; state: string; next_command: number };
  const { rows } = await database
    .query<Row>({ name: 'lane_claim', text: 'select * from lane_claim($1, $2, $3)', values: [tenants.join(','), session, int4Array(limits)] })
    .catch((error: unknown) => {
      throw (error as { code?: string }).code === 'TP002' ? new SessionOverError('the session is over') : error;
    });
  return rows.map((row) => ({
    tenant: row.tenant,
    entity: row.entity,
    claim: row.claim,
    todo: row.todo,
    instance: row.process === null ? null : { process: row.process, version: row.version, state: JSON.parse(row.state) as Json, nextCommand: row.next_command },
  }));
}

/** The unconsumed events of lanes that the caller owns, at most `each` a lane, oldest first. Bodies are opened. */
export async function loadInbox(database: Database, master: MasterKey, lanes: readonly LaneKey[], each: number): Promise<InboxEvent[]> {
  type Row = {
    tenant: string; entity: string; event_id: number; kind: InboxEvent['kind']; at: Date; body: string | null; message_id: number; connection: string; topic: string;
    occurred_at: Date | null; received_at: Date; raw: Buffer | null; body_hash: Buffer; sealed_key: Buffer | null;
  };
  const { rows } = await database.query<Row>({
    name: 'lane_inbox', text: 'select * from lane_inbox($1, $2, $3, $4)',
    values: [tenantList(lanes), textArray(lanes.map((lane) => lane.tenant)), textArray(lanes.map((lane) => lane.entity)), each],
  });
  return rows.map((row): InboxEvent => {
    const common = { tenant: row.tenant, entity: row.entity, eventId: row.event_id, at: row.at.toISOString() };
    if (row.kind !== 'message') return { ...common, kind: row.kind, body: parse(row.body) };
    if (row.raw === null || row.sealed_key === null) throw new Error(`message ${row.message_id} of ${row.tenant} has no body or no key`);
    return {
      ...common, kind: 'message', messageId: row.message_id, connection: row.connection, topic: row.topic,
      occurredAt: (row.occurred_at ?? row.received_at).toISOString(), body: openBody(master, row.raw, row.sealed_key), bodyHash: row.body_hash.toString('hex'),
    };
  });
}

/** The unfinished commands of lanes that the caller owns, by number. */
export async function loadCommands(database: Database, lanes: readonly LaneKey[]): Promise<StoredCommand[]> {
  type Row = {
    tenant: string; entity: string; number: number; name: string; connection: string; slot: string; payload: string | null; request: string | null; mapping: string | null;
    state: CommandState; parked: boolean; attempt: number; attempt_deadline: Date | null; not_before: Date; created_at: Date; conflicts: number; settle_ms: number; handle: string | null; caused_by: string;
  };
  const { rows } = await database.query<Row>({
    name: 'lane_commands', text: 'select * from lane_commands($1, $2, $3)',
    values: [tenantList(lanes), textArray(lanes.map((lane) => lane.tenant)), textArray(lanes.map((lane) => lane.entity))],
  });
  return rows.map((row) => ({
    tenant: row.tenant, entity: row.entity, number: row.number, name: row.name, connection: row.connection, slot: row.slot, payload: parse(row.payload), request: parse(row.request),
    mapping: parse(row.mapping), state: row.state, parked: row.parked, attempt: row.attempt, attemptDeadlineMs: row.attempt_deadline?.getTime() ?? null, notBeforeMs: row.not_before.getTime(),
    createdAtMs: row.created_at.getTime(), conflicts: row.conflicts, settleMs: row.settle_ms, handle: parse(row.handle), causedBy: row.caused_by,
  }));
}

/** A command as a step leaves it. `startTimeoutMs` begins an attempt in the same commit, so that no byte leaves before it is on record. */
export type CommandWrite = {
  readonly number: number;
  readonly name: string;
  readonly connection: string;
  readonly slot: string;
  /** Undefined leaves what is stored. */
  readonly payload?: Json;
  readonly request?: Json;
  readonly mapping?: Json;
  readonly state: CommandState;
  readonly parked: boolean;
  readonly attempt: number;
  readonly startTimeoutMs: number | null;
  readonly conflictKeys: readonly string[];
  readonly conflicts: number;
  readonly delayMs: number;
  readonly settleMs: number;
  readonly handle: Json | null;
  readonly causedBy: string;
};
export type FinishedCommand = { readonly number: number; readonly outcome: 'done' | 'rejected' | 'stale' | 'withdrawn' | 'superseded' | 'resolved'; readonly result: Json };
export type AttemptRecord = { readonly number: number; readonly attempt: number; readonly step: 'send' | 'find' | 'check' | 'render' | 'lost'; readonly outcome: string; readonly detail: string | null; readonly tookMs: number };
export type ConsumedEvent = { readonly eventId: number; readonly disposition: 'applied' | 'superseded' | 'rejected' | 'parked'; readonly code: string | null; readonly detail: string | null; readonly events: Json | null };

export type ParkedKind = 'message' | 'command' | 'exception';
export type StepExtras = {
  links?: { connection: string; type: string; external_id: string }[];
  aliases?: { alias: string }[];
  timers?: { name: string; at: string | null }[];
  open?: { kind: ParkedKind; key: string; connection: string | null; name: string | null; cause: string; detail: string; problems: string | null; remedy: string | null; value_minor: number | null; currency: string | null; topics: string[] }[];
  close?: { kind: ParkedKind; key: string; resolution: string }[];
  waits?: { topic: string }[];
  proposals?: { connection: string; crosswalk_table: string; key: string; proposal: string | null }[];
  /** At most one: the whole demand. */
  reservations?: { demand: { sku: string; location: string; quantity: string }[] }[];
  /** Commands whose conflict keys are free again. */
  release?: { number: number }[];
};

/** All that one lane changes in one commit. */
export type LaneStep = LaneKey & {
  readonly claim: number;
  /** Steps committed since the claim, before this one. */
  readonly sequence: number;
  readonly instance: { readonly process: string; readonly version: number; readonly state: Json; readonly nextCommand: number } | null;
  readonly todoDelta: number;
  /** What the caller knows to be left to do after this step; more in the database means events that it has not seen. */
  readonly expectedTodo: number;
  readonly release: { readonly dueInMs: number } | null;
  readonly consumed: readonly ConsumedEvent[];
  readonly commands: readonly CommandWrite[];
  readonly finished: readonly FinishedCommand[];
  readonly attempts: readonly AttemptRecord[];
  readonly extras: StepExtras;
};

export type CommitAnswer = { readonly more: readonly LaneKey[]; /** commands whose conflict key another holds: not begun */ readonly held: readonly (LaneKey & { readonly number: number })[] };

/** Commits many lanes' steps in one transaction. @throws FencedError naming the lanes lost; then nothing of the batch was applied. */
export async function commitSteps(database: Database, session: number, steps: readonly LaneStep[]): Promise<CommitAnswer> {
  const consumed = flat(steps, (step) => step.consumed);
  const commands = flat(steps, (step) => step.commands);
  const finished = flat(steps, (step) => step.finished);
  const attempts = flat(steps, (step) => step.attempts);
  const keys = commands.flatMap((command) => command.conflictKeys.map((key) => ({ ...command, key })));
  const json = (value: Json | null | undefined): string | null => (value === null || value === undefined ? null : JSON.stringify(value));
  const lanesOf = (rows: readonly LaneKey[]): Buffer[] => [textArray(rows.map((row) => row.tenant)), textArray(rows.map((row) => row.entity))];
  const values = [
    tenantList(steps), session,
    ...lanesOf(steps), int4Array(steps.map((step) => step.claim)), int4Array(steps.map((step) => step.sequence)), textArray(steps.map((step) => step.instance?.process ?? null)), int4Array(steps.map((step) => step.instance?.version ?? null)),
    textArray(steps.map((step) => json(step.instance?.state))), int4Array(steps.map((step) => step.instance?.nextCommand ?? null)), int4Array(steps.map((step) => step.todoDelta)),
    int4Array(steps.map((step) => step.expectedTodo)), boolArray(steps.map((step) => step.release !== null)), int8Array(steps.map((step) => Math.round(step.release?.dueInMs ?? 0))),
    ...lanesOf(consumed), int8Array(consumed.map((row) => row.eventId)), textArray(consumed.map((row) => row.disposition)), textArray(consumed.map((row) => row.code)),
    textArray(consumed.map((row) => row.detail)), textArray(consumed.map((row) => json(row.events))),
    ...lanesOf(commands), int4Array(commands.map((row) => row.number)), textArray(commands.map((row) => row.name)), textArray(commands.map((row) => row.connection)), textArray(commands.map((row) => row.slot)),
    textArray(commands.map((row) => json(row.payload))), textArray(commands.map((row) => json(row.request))), textArray(commands.map((row) => json(row.mapping))), textArray(commands.map((row) => row.state)),
    boolArray(commands.map((row) => row.parked)), int4Array(commands.map((row) => row.attempt)), int4Array(commands.map((row) => row.startTimeoutMs)), int4Array(commands.map((row) => row.conflicts)),
    int8Array(commands.map((row) => Math.round(row.delayMs))), int4Array(commands.map((row) => row.settleMs)), textArray(commands.map((row) => json(row.handle))), textArray(commands.map((row) => row.causedBy)),
    ...lanesOf(finished), int4Array(finished.map((row) => row.number)), textArray(finished.map((row) => row.outcome)), textArray(finished.map((row) => json(row.result))),
    ...lanesOf(attempts), int4Array(attempts.map((row) => row.number)), int4Array(attempts.map((row) => row.attempt)), textArray(attempts.map((row) => row.step)), textArray(attempts.map((row) => row.outcome)),
    textArray(attempts.map((row) => row.detail)), int4Array(attempts.map((row) => Math.round(row.tookMs))),
    textArray(keys.map((row) => row.tenant)), textArray(keys.map((row) => row.connection)), textArray(keys.map((row) => row.key)), textArray(keys.map((row) => row.entity)), int4Array(keys.map((row) => row.number)),
    extrasOf(steps),
  ];
  const { rows } = await database.query<{ kind: 'fenced' | 'applied' | 'more' | 'held'; tenant: string; entity: string; number: number }>({
    name: 'lane_commit', text: `select * from lane_commit(${values.map((_, index) => `$${index + 1}`).join(', ')})`, values,
  });
  const of = (kind: string): LaneKey[] => rows.filter((row) => row.kind === kind);
  if (of('fenced').length + of('applied').length > 0) throw new FencedError(of('fenced'), of('applied'));
  return { more: rows.filter((row) => row.kind === 'more'), held: rows.filter((row) => row.kind === 'held') };
}

function flat<T>(steps: readonly LaneStep[], pick: (step: LaneStep) => readonly T[]): (T & LaneKey)[] {
  return steps.flatMap((step) => pick(step).map((row) => ({ ...row, tenant: step.tenant, entity: step.entity })));
}

function extrasOf(steps: readonly LaneStep[]): string | null {
  const all: Record<string, unknown[]> = {};
  for (const step of steps) {
    for (const [name, rows] of Object.entries(step.extras)) {
      for (const row of rows) (all[name] ??= []).push({ ...row, tenant: step.tenant, entity: step.entity });
    }
  }
  // jsonb, like text, cannot hold U+0000.
  return Object.keys(all).length === 0 ? null : JSON.stringify(all).replaceAll('\\u0000', '\\u2400');
}
