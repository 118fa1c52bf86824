import type { CanonicalEvent } from '#canonical/event.ts';
import type { Subject } from '#canonical/identity.ts';
import type { Json } from '#canonical/json.ts';
import type { CommandState } from '#journal/lane-store.ts';

/** What lies in a message: the mapping is not what is simulated, so it carries its events, or says that it is malformed. */
export type Content = {
  readonly events: readonly CanonicalEvent[];
  /** Malformed for good, until a new release of the mapping, or not at all. */
  readonly malformed: 'no' | 'for good' | 'until release';
};
export type Delivery = {
  readonly connection: string;
  readonly topic: string;
  readonly sourceEventId: string;
  readonly bodyHash: string;
  readonly occurredAtMs: number;
  readonly via: 'webhook' | 'poll';
  readonly subject: Subject;
  readonly content: Content;
};
export type MessageRow = Delivery & { readonly messageId: number; entity: string | null };

export type LaneRow = {
  todo: number;
  dueMs: number;
  owner: number | null;
  claim: number;
  steps: number;
  /** Of the owner before, to tell a race; not in the database. */
  lastOwner: number | null;
};
export type InstanceRow = {
  readonly process: string;
  readonly version: number;
  readonly state: Json;
  readonly nextCommand: number;
  readonly apart: readonly string[];
};
export type EventRow = {
  readonly eventId: number;
  readonly kind: 'message' | 'deadline' | 'reservation' | 'operator';
  readonly messageId: number | null;
  readonly body: Json;
  readonly atMs: number;
};
export type CommandRow = {
  readonly number: number;
  readonly name: string;
  readonly connection: string;
  readonly slot: string;
  payload: Json | null;
  request: Json | null;
  mapping: Json | null;
  state: CommandState;
  parked: boolean;
  attempt: number;
  attemptDeadlineMs: number | null;
  /** The same by true time, which no database knows. */
  trueDeadlineMs: number;
  notBeforeMs: number;
  readonly createdAtMs: number;
  conflicts: number;
  settleMs: number;
  handle: Json | null;
  readonly causedBy: string;
  /** Of the process that asked for it; not in the database. */
  readonly askedByVersion: number;
};
export type TimerRow = {
  readonly entity: string;
  readonly name: string;
  readonly atMs: number;
  /** It waits until this platform was read past it. */
  readonly source: string | null;
};
export type DoneRow = {
  readonly number: number;
  readonly connection: string;
  readonly slot: string;
  readonly name: string;
  readonly outcome: string;
};
export type ParkedRow = {
  readonly parkedId: number;
  readonly kind: 'message' | 'command' | 'exception';
  entity: string | null;
  readonly key: string;
  readonly connection: string | null;
  readonly cause: string;
  readonly detail: string;
  isOpen: boolean;
};
export type WaitRow = {
  readonly topic: string;
  readonly entity: string;
  /** 0: the lane itself waits. */ readonly parkedId: number;
  isUrgent?: boolean;
};
export type Disposition = 'applied' | 'superseded' | 'rejected' | 'parked';
