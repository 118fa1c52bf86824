import type { Json } from '#canonical/json.ts';
import { int4Array, textArray } from './binary-arrays.ts';
import type { Database } from './database.ts';
import { wholeState } from './instance-state.ts';
import { tenantList } from './intake-store.ts';
import { type MasterKey, openBody } from './sealed-box.ts';

export type LaneKey = { readonly tenant: string; readonly entity: string };
export const laneId = (lane: LaneKey): string => `${lane.tenant} ${lane.entity}`;

export type ClaimedLane = LaneKey & {
  readonly claim: number;
  readonly todo: number;
  /** Null before the entity's first step. */
  readonly instance: {
    readonly process: string;
    readonly version: number;
    readonly state: Json;
    readonly nextCommand: number;
    /** Members of the state that are stored apart. */
    readonly apart?: readonly string[];
  } | null;
};

export type InboxEvent = LaneKey & { readonly eventId: number; readonly at: string } & (
    | {
        readonly kind: 'message';
        readonly messageId: number;
        readonly connection: string;
        readonly topic: string;
        readonly occurredAt: string;
        readonly body: Buffer;
        readonly bodyHash: string;
        /** Why the body cannot be read, and is empty here. */
        readonly unreadable?: string;
      }
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
const parse = (text: string | null): Json | null => (text === null ? null : (JSON.parse(text) as Json));

/** Takes free lanes that are due: of each class (the index) at most its limit, of all at most the first. @throws SessionOverError */
export async function claimLanes(
  database: Database,
  tenants: readonly string[],
  session: number,
  limits: readonly number[],
): Promise<ClaimedLane[]> {
  type Row = {
    tenant: string;
    entity: string;
    claim: number;
    todo: number;
    process: string | null;
    version: number;
    state: string;
    bulk: string | null;
    next_command: number;
  };
  const { rows } = await database
    .query<Row>({
      name: 'lane_claim',
      text: 'select * from lane_claim($1, $2, $3)',
      values: [tenants.join(','), session, int4Array(limits)],
    })
    .catch((error: unknown) => {
      throw (error as { code?: string }).code === 'TP002'
        ? new SessionOverError('the session is over')
        : error;
    });
  return rows.map((row) => ({
    tenant: row.tenant,
    entity: row.entity,
    claim: row.claim,
    todo: row.todo,
    instance:
      row.process === null
        ? null
        : {
            process: row.process,
            version: row.version,
            ...wholeState(row),
            nextCommand: row.next_command,
          },
  }));
}

/** The unconsumed events of lanes that the caller owns, at most `each` a lane, oldest first. Bodies are opened. */
export async function loadInbox(
  database: Database,
  master: MasterKey,
  lanes: readonly LaneKey[],
  each: number,
): Promise<InboxEvent[]> {
  type Row = {
    tenant: string;
    entity: string;
    event_id: number;
    kind: InboxEvent['kind'];
    at: Date;
    body: string | null;
    message_id: number;
    /** Null, like what follows, where the message is gone. */
    connection: string | null;
    topic: string | null;
    occurred_at: Date | null;
    received_at: Date | null;
    raw: Buffer | null;
    body_hash: Buffer | null;
    sealed_key: Buffer | null;
  };
  const { rows } = await database.query<Row>({
    name: 'lane_inbox',
    text: 'select * from lane_inbox($1, $2, $3, $4)',
    values: [
      tenantList(lanes),
      textArray(lanes.map((lane) => lane.tenant)),
      textArray(lanes.map((lane) => lane.entity)),
      each,
    ],
  });
  return rows.map((row): InboxEvent => {
    const common = {
      tenant: row.tenant,
      entity: row.entity,
      eventId: row.event_id,
      at: row.at.toISOString(),
    };
    if (row.kind !== 'message') return { ...common, kind: row.kind, body: parse(row.body) };
    return {
      ...common,
      kind: 'message',
      messageId: row.message_id,
      connection: row.connection ?? '',
      topic: row.topic ?? '',
      occurredAt: (row.occurred_at ?? row.received_at ?? row.at).toISOString(),
      bodyHash: row.body_hash?.toString('hex') ?? '',
      ...bodyOf(master, row.raw, row.sealed_key),
    };
  });
}

/** One that cannot be opened is its own lane's matter: it must not keep the others of its batch from being read. */
function bodyOf(
  master: MasterKey,
  raw: Buffer | null,
  sealedKey: Buffer | null,
): { readonly body: Buffer; readonly unreadable?: string } {
  const nothing = Buffer.alloc(0);
  if (raw === null) return { body: nothing, unreadable: 'the message is not kept any more' };
  if (sealedKey === null)
    return { body: nothing, unreadable: 'its key was deleted, so that nobody can read it' };
  try {
    return { body: openBody(master, raw, sealedKey) };
  } catch {
    return { body: nothing, unreadable: 'it does not open with the key of this installation' };
  }
}

/** The unfinished commands of lanes that the caller owns, by number. */
export async function loadCommands(database: Database, lanes: readonly LaneKey[]): Promise<StoredCommand[]> {
  type Row = {
    tenant: string;
    entity: string;
    number: number;
    name: string;
    connection: string;
    slot: string;
    payload: string | null;
    request: string | null;
    mapping: string | null;
    state: CommandState;
    parked: boolean;
    attempt: number;
    attempt_deadline: Date | null;
    not_before: Date;
    created_at: Date;
    conflicts: number;
    settle_ms: number;
    handle: string | null;
    caused_by: string;
  };
  const { rows } = await database.query<Row>({
    name: 'lane_commands',
    text: 'select * from lane_commands($1, $2, $3)',
    values: [
      tenantList(lanes),
      textArray(lanes.map((lane) => lane.tenant)),
      textArray(lanes.map((lane) => lane.entity)),
    ],
  });
  return rows.map((row) => ({
    tenant: row.tenant,
    entity: row.entity,
    number: row.number,
    name: row.name,
    connection: row.connection,
    slot: row.slot,
    payload: parse(row.payload),
    request: parse(row.request),
    mapping: parse(row.mapping),
    state: row.state,
    parked: row.parked,
    attempt: row.attempt,
    attemptDeadlineMs: row.attempt_deadline?.getTime() ?? null,
    notBeforeMs: row.not_before.getTime(),
    createdAtMs: row.created_at.getTime(),
    conflicts: row.conflicts,
    settleMs: row.settle_ms,
    handle: parse(row.handle),
    causedBy: row.caused_by,
  }));
}

/** Gives back the lanes that a session owns beyond `held`; answers how many. No claim of the session may be under way. */
export async function disownLanes(
  database: Database,
  tenants: readonly string[],
  session: number,
  held: readonly LaneKey[],
): Promise<number> {
  const { rows } = await database.query<{ freed: number }>({
    name: 'lane_disown',
    text: 'select lane_disown($1, $2, $3, $4) as freed',
    values: [
      tenants.join(','),
      session,
      textArray(held.map((lane) => lane.tenant)),
      textArray(held.map((lane) => lane.entity)),
    ],
  });
  return rows[0]?.freed ?? 0;
}

/** Recounts a lane whose counter and contents disagree; answers the difference it mended. */
export async function repairLane(database: Database, lane: LaneKey): Promise<number> {
  const { rows } = await database.query<{ mended: number }>('select lane_repair($1, $1, $2) as mended', [
    lane.tenant,
    lane.entity,
  ]);
  return rows[0]?.mended ?? 0;
}
