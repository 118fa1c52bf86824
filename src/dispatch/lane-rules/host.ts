import type { CanonicalEvent } from '#canonical/event.ts';
import type { Json } from '#canonical/json.ts';
import type { MappingProblem } from '#connector-sdk/outcome.ts';
import type { InboxEvent } from '#journal/lane-store.ts';
import type { Decision, ProcessInput } from '#processes/process.ts';
import type { Lane, LaneCommand } from './lane.ts';
import type { HandlerTimes, RetryPolicy } from './settle.ts';

/** What a message turns into before the process sees it. */
export type Interpretation =
  | { readonly kind: 'events'; readonly events: readonly CanonicalEvent[] }
  | { readonly kind: 'unmappable'; readonly problems: readonly MappingProblem[] }
  | { readonly kind: 'rejected'; readonly code: string; readonly detail: string };

export type RenderedCommand =
  | { readonly ok: true; readonly request: Json; readonly mapping: Json }
  | { readonly ok: false; readonly problems: readonly MappingProblem[] };

/** A process bound to its rules, as the lane rules use it. */
export type BoundProcess = {
  readonly name: string;
  readonly version: number;
  decide(state: Json | null, input: ProcessInput): Decision<Json>;
  /** Whether this instance's commands go before others that wait for the same connection. Absent: never. */
  isUrgent?(state: Json): boolean;
  /** Members of the state that are stored apart; see the process. */
  readonly bulk?: readonly string[];
  /** Takes over the state that an older version wrote. Absent while there is only one. */
  upgrade?(state: Json, fromVersion: number): Json;
};

/**
 * Everything that the lane rules need from where they run: the worker gives them connectors and the database's time, the
 * simulator a virtual world. All of it is synchronous; only `mayCall` has an effect (it takes a permit).
 */
export type LaneHost = {
  /** Database time, milliseconds since the epoch. */
  nowMs(): number;
  /** [0, 1) */
  random(): number;
  readonly policy: RetryPolicy;
  processOf(lane: Lane): BoundProcess | null;
  interpret(event: Extract<InboxEvent, { kind: 'message' }>): Interpretation;
  handlerOf(
    lane: Lane,
    command: LaneCommand,
  ): (HandlerTimes & { conflictKeys(request: Json): readonly string[] }) | null;
  render(lane: Lane, command: LaneCommand): RenderedCommand;
  /**
   * `go` takes a permit for one call. `wait`: none is free, the lane stays in memory and is touched when one is.
   * `park`: it will take longer (breaker open, budget used up, too many waiting), the lane is given back until then.
   */
  mayCall(lane: Lane, command: LaneCommand): 'go' | 'wait' | 'park';
  /** Look-up keys for people: order numbers, tracking numbers ... */
  aliasesOf(event: CanonicalEvent): readonly string[];
};
