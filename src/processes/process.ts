import type { CommandName, CommandPayload } from '#canonical/command.ts';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Json } from '#canonical/json.ts';
import type { ExternalRef, Instant } from '#canonical/primitives.ts';

/** Something to ask of a platform. The engine numbers it: instance + number is its id and its idempotency key. */
export type CommandIntent<N extends CommandName = CommandName> = {
  [K in N]: {
    readonly name: K;
    readonly connection: string;
    /**
     * The process's own name for it, e.g. `crm.order`. Of two commands in one slot the newer replaces the older as long as the
     * older has not been attempted; outcomes come back under it.
     */
    readonly slot: string;
    readonly payload: CommandPayload<K>;
  };
}[N];

/** What a process learns of a command it asked for. Everything in between (retries, limits, look-ups, parking) is the engine's. */
export type CommandResult =
  /** `refs` names the record itself first; what was made on the way (an account, an address) follows. */
  | { readonly kind: 'done'; readonly result: Json; readonly refs: readonly ExternalRef[] }
  | { readonly kind: 'rejected'; readonly code: string; readonly detail: string }
  /** The record changed under us: decide again. */
  | { readonly kind: 'stale'; readonly detail: string }
  /** It stands still until somebody mends it; it may still be done. */
  | { readonly kind: 'parked'; readonly cause: string; readonly detail: string }
  /** Taken back before it was sent, by the process itself or an operator. */
  | { readonly kind: 'withdrawn' };

/** A demand on stock and its answer. Quantities are exact decimals. */
export type Reservation = { readonly sku: string; readonly location: string; readonly quantity: string };

/** How the id of an event begins that an answer to one of our commands brought, as against a message that came by itself. */
export const answerPrefix = 'command:';

/** A document that a person keyed into a platform by hand, as it stood when it was looked at. */
export type KeyedDocument = {
  readonly ref: ExternalRef;
  readonly number: string | null;
  /** In the currency of the record that it is for; null where the platform names none. */
  readonly totalMinor: number | null;
  /** Nothing differed; else a person linked it all the same. */
  readonly fits: boolean;
};

/** Which customer a record is, with all the records of that customer; itself alone where nothing links it. */
export type CustomerIdentity = { readonly identity: string; readonly members: readonly ExternalRef[] };

export type ProcessInput =
  | { readonly kind: 'event'; readonly id: string; readonly at: Instant; readonly event: CanonicalEvent }
  | {
      readonly kind: 'result';
      readonly at: Instant;
      readonly slot: string;
      readonly name: CommandName;
      readonly connection: string;
      readonly result: CommandResult;
    }
  | { readonly kind: 'deadline'; readonly at: Instant; readonly name: string }
  | { readonly kind: 'reservation'; readonly at: Instant; readonly short: readonly Reservation[] }
  | {
      readonly kind: 'operator';
      readonly at: Instant;
      readonly by: string;
      readonly action: string;
      readonly reason: string;
      /** What the action links, where it links something. */
      readonly document?: KeyedDocument;
      /** Which customer the record is from now on. */
      readonly identity?: CustomerIdentity;
    };

/** Something that needs a person, with a name, the money at stake, and the way out. Closed by the process when healed. */
export type ExceptionNotice = {
  readonly key: string;
  readonly open: boolean;
  /** From the error catalogue, e.g. `edited-after-release`. */
  readonly cause: string;
  readonly detail: string;
  readonly remedy: string;
  readonly value: { readonly amountMinor: number; readonly currency: string } | null;
};

export type Decision<State extends Json> = {
  readonly state: State;
  /** What became of the input: nothing ends without one of these. */
  readonly disposition:
    | { readonly kind: 'applied' }
    | { readonly kind: 'superseded'; readonly by: string }
    | { readonly kind: 'rejected'; readonly code: string; readonly detail: string };
  readonly commands: readonly CommandIntent[];
  /**
   * Slots whose command, if not attempted yet, is to be taken back. Answered under the slot either way: `withdrawn` when that
   * was in time, else whatever becomes of the command.
   */
  readonly withdraw: readonly string[];
  /** `at` null takes a deadline away. One with a `source` fires only once that connection was read past it. */
  readonly deadlines: readonly {
    readonly name: string;
    readonly at: Instant | null;
    readonly source?: string;
  }[];
  /** The demand of this instance as it is now, whole; the engine books the difference. Undefined = unchanged. */
  readonly reservations?: readonly Reservation[];
  readonly exceptions: readonly ExceptionNotice[];
  /** Further names of the entity. */
  readonly links: readonly ExternalRef[];
};

/** A business process: pure. No I/O, no clock, no randomness; time is in its inputs. One instance an entity. */
export interface Process<State extends Json, Rules> {
  readonly name: string;
  /** Raised when the meaning of `State` changes; an instance keeps the version it began with until `upgrade` takes it over. */
  readonly version: number;
  /** Members of the state that are big and seldom change: stored apart, and written only by a step that changes them. */
  readonly bulk?: readonly string[];
  decide(state: State | null, input: ProcessInput, rules: Rules): Decision<State>;
  /** Whether what this instance asks for goes before others that wait for the same connection. Absent: never. */
  isUrgent?(state: State, rules: Rules): boolean;
  /** Takes over an instance's state that an older version wrote. Absent while there is only one version. */
  upgrade?(state: Json, fromVersion: number): State;
}
