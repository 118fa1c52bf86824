import type { Json } from '#canonical/json.ts';
import type { BulkOfState } from './instance-state.ts';
import type { CommandState, LaneKey } from './lane-store.ts';

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
export type FinishedCommand = {
  readonly number: number;
  readonly outcome: 'done' | 'rejected' | 'stale' | 'withdrawn' | 'superseded' | 'resolved';
  readonly result: Json;
};
export type AttemptRecord = {
  readonly number: number;
  readonly attempt: number;
  readonly step: 'send' | 'find' | 'check' | 'render' | 'lost';
  readonly outcome: string;
  readonly detail: string | null;
  readonly tookMs: number;
};
export type ConsumedEvent = {
  readonly eventId: number;
  readonly disposition: 'applied' | 'superseded' | 'rejected' | 'parked';
  readonly code: string | null;
  readonly detail: string | null;
  readonly events: Json | null;
};

export type ParkedKind = 'message' | 'command' | 'exception';
export type StepExtras = {
  links?: { connection: string; type: string; external_id: string }[];
  aliases?: { alias: string }[];
  timers?: { name: string; at: string | null; source: string | null }[];
  open?: {
    kind: ParkedKind;
    key: string;
    connection: string | null;
    name: string | null;
    cause: string;
    detail: string;
    problems: string | null;
    remedy: string | null;
    value_minor: number | null;
    currency: string | null;
    topics: string[];
  }[];
  close?: { kind: ParkedKind; key: string; resolution: string }[];
  /** `urgent`: before the others. */
  waits?: { topic: string; urgent?: true }[];
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
  readonly instance: {
    readonly process: string;
    readonly version: number;
    readonly state: Json;
    readonly nextCommand: number;
    readonly bulk?: BulkOfState;
  } | null;
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

export type CommitAnswer = {
  readonly more: readonly LaneKey[];
  /** commands whose conflict key another holds: not begun */ readonly held: readonly (LaneKey & {
    readonly number: number;
  })[];
};
