/** The lines of a run directory, as their writers put them down. */

/** Something that took effect in an emulated system. */
export type Effect = {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly key: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** One attempt of a shop to deliver a webhook, as it ended for the shop. */
export type Delivery = {
  readonly at: string;
  readonly retailer: string;
  readonly connection: string;
  readonly topic: string;
  readonly deliveryId: string;
  /** The source's id of the event: a repeat of it with the same body is no news. */
  readonly eventId: string;
  /** The shop's number of the order; null where the body names none. */
  readonly subject: string | null;
  readonly attempt: number;
  readonly kind: 'genuine' | 'duplicate' | 'late' | 'malformed' | 'forged';
  readonly status: number | null;
  readonly error: string | null;
  readonly bodySha256: string;
};

/** One message in the product's own list. */
export type Message = {
  readonly messageId: number;
  readonly receivedAt: string;
  readonly connection: string;
  readonly topic: string;
  readonly sourceEventId: string;
  readonly bodySha256: string;
  readonly via: string;
  readonly entity: string | null;
  readonly fate: 'applied' | 'superseded' | 'rejected' | 'parked' | 'discarded' | 'in-flight';
  readonly reason: string | null;
  readonly by: string | null;
};

/** Something that stands still at the end, by the product's word. */
export type Parked = {
  readonly id: number;
  readonly kind: 'message' | 'command' | 'exception';
  readonly entity: string | null;
  readonly key: string;
  readonly connection: string | null;
  readonly name: string | null;
  readonly cause: string;
  readonly detail: string;
  readonly openedAt: string;
};

/** The product's tally of messages. */
export type Account = Readonly<
  Record<'received' | 'applied' | 'superseded' | 'rejected' | 'parked' | 'discarded' | 'inFlight', number>
>;

export type NemesisEvent = {
  readonly at: string;
  readonly id: string;
  readonly fault: string;
  readonly kind: string;
  readonly target?: string;
  readonly event: 'begin' | 'end' | 'skipped' | 'failed';
  readonly reason?: string;
  readonly inFlight?: number | null;
};

export type Schedule = {
  readonly seed: number;
  readonly minutes: number;
  readonly faults: readonly {
    readonly id: string;
    readonly fault: string;
    readonly kind: string;
    readonly target?: string;
  }[];
};

export type Liveness = {
  readonly inFlightZeroAfterMs: number | null;
  readonly recoveries: readonly {
    readonly worker: string;
    readonly killedAt: string;
    readonly lanesOwnedAgainAfterMs: number | null;
  }[];
};

/** A worker's word that what it held is somebody else's by now. */
export type Fenced = { readonly process: string; readonly at: string; readonly lanes: number };
