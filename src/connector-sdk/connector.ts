import type { z } from 'zod';
import type { CommandName, CommandPayload } from '#canonical/command.ts';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Subject } from '#canonical/identity.ts';
import type { Json, JsonObject } from '#canonical/json.ts';
import type { DocumentReading } from './document.ts';
import type { ConnectorServices } from './services.ts';
import type { InboundMessage, RenderContext } from './mapping.ts';
import type { Found, Outcome } from './outcome.ts';

export type Role = 'storefront' | 'erp' | 'crm';

/** How a command is made safe to repeat after an outcome that nobody knows. */
export type Safety =
  | { readonly kind: 'idempotency-key'; readonly lifetimeMs: number }
  | { readonly kind: 'upsert' }
  | { readonly kind: 'lookup-first' }
  | { readonly kind: 'unsafe' };

/** What an account may be asked at once and per second; the platform's own reports correct it. */
export type Limits = {
  /** Calls at the same time, over all workers. */
  readonly concurrency: number;
  /** Points (or calls) that come back each second and the most that can be saved up; null where only concurrency binds. */
  readonly bucket: { readonly capacity: number; readonly refillPerSecond: number } | null;
};

/** One attempt's surroundings. */
export type Call = {
  /** The same for every attempt of one command. */
  readonly idempotencyKey: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** No byte leaves after this instant, and every answer later than it counts as lost. Milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
};

/** One command as this platform does it. `render` is pure; `send`, `find` and `check` do I/O through `client`. */
export interface CommandHandler<N extends CommandName, Request extends Json, Client> {
  readonly name: N;
  readonly safety: Safety;
  /** How long one attempt may take. */
  readonly timeoutMs: number;
  /** The longest delay until a request that was accepted takes effect. */
  readonly settleMs: number;
  /** How long a new record may stay invisible to `find`. */
  readonly searchLagMs: number;
  /** The bytes that will be sent, as JSON; stored before the first attempt, the same for every retry. @throws UnmappableError */
  render(payload: CommandPayload<N>, context: RenderContext): Request;
  /** Records of the platform that two commands must not touch at the same time, e.g. a parent account. */
  conflictKeys?(request: Request): readonly string[];
  send(request: Request, call: Call, client: Client): Promise<Outcome>;
  /** Whether the effect is there already. Required for `lookup-first`, which asks before every attempt. */
  find?(request: Request, call: Call, client: Client): Promise<Found>;
  /** Asks what became of an `accepted` request. */
  check?(handle: Json, request: Request, call: Call, client: Client): Promise<Outcome>;
}

/** One kind of message that a platform sends. Both functions are pure. */
export interface InboundMapping {
  /** Which record it is about, told from the parsed body alone; cheap, since it runs before the answer. @throws UnmappableError */
  subject(body: JsonObject, connection: string): Subject;
  /** @throws UnmappableError */
  map(message: InboundMessage): readonly CanonicalEvent[];
}

/** A reason to refuse a webhook. All of them answer 401, and nothing is stored. */
export type Refusal = {
  readonly ok: false;
  readonly reason: 'signature-missing' | 'signature-invalid' | 'stale' | 'wrong-source' | 'malformed';
};
export type Delivery = {
  readonly ok: true;
  readonly topic: string;
  /** unique for the business event at the source */ readonly sourceEventId: string;
  readonly occurredAt: string | null;
};

export interface WebhookReceiver<Config> {
  /** Decides from headers and raw bytes whether the platform sent this. Fails closed; compares in constant time. */
  verify(
    request: {
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Buffer;
      readonly nowMs: number;
    },
    config: Config,
  ): Delivery | Refusal;
}

export type PolledRecord = {
  readonly topic: string;
  readonly sourceEventId: string;
  readonly occurredAt: string;
  readonly body: Json;
  /** Only about a record that is linked here already, e.g. a deletion that may be anybody's: dropped otherwise, in place of being parked. */
  readonly onlyIfKnown?: boolean;
};
export type PollResult =
  | {
      readonly kind: 'read';
      readonly records: readonly PolledRecord[];
      readonly cursor: string;
      readonly more: boolean;
    }
  | Exclude<Outcome, { kind: 'done' | 'accepted' | 'unmappable' }>;

/** Reads what changed since a cursor, with overlap; the cursor moves in the transaction that stores the records. */
export interface Poller<Client> {
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** Whether this connection is read at all; absent = it is. */
  isWanted?(client: Client): boolean;
  /** Waits, with no permit of the account held, until there may be something to read; for sources that push. Never throws for what the platform does. */
  awaitNews?(cursor: string | null, call: Call, client: Client): Promise<void>;
  poll(cursor: string | null, call: Call, client: Client): Promise<PollResult>;
}

/** A connection's crosswalk rows: by table, our key to the platform's word. */
export type CrosswalkTables = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What `doctor` found in the connected account: each with what to do about it. */
export type Finding = {
  readonly level: 'ok' | 'warning' | 'error';
  readonly check: string;
  readonly detail: string;
  readonly remedy: string | null;
};

/** A platform, as the core sees it. The core knows no platform's name. */
// oxlint-disable-next-line typescript/no-explicit-any -- a registry holds connectors of unlike configs; each checks its own by `config`
export interface Connector<Config = any, Client = any> {
  /** Folder name, e.g. `shopify`. */
  readonly id: string;
  readonly title: string;
  readonly apiVersion: string;
  readonly roles: readonly Role[];
  /** Each field has a description; secrets carry `.meta({ secret: true })`. */
  readonly config: z.ZodType<Config>;
  limits(config: Config): Limits;
  /** Opens nothing on the network by itself. */
  open(config: Config, services: ConnectorServices): Client;
  readonly webhook?: WebhookReceiver<Config>;
  /** By topic. */
  readonly inbound: Readonly<Record<string, InboundMapping>>;
  /** By name. */
  readonly pollers: Readonly<Record<string, Poller<Client>>>;
  // oxlint-disable-next-line typescript/no-explicit-any -- each command has a request shape of its own, known to it alone
  readonly commands: { readonly [N in CommandName]?: CommandHandler<N, any, Client> };
  /** Looks at one document that a person keyed there by hand, so that it can be linked instead of being made a second time. Changes nothing. */
  readDocument?(
    ref: { readonly type: string; readonly id: string },
    call: Call,
    client: Client,
  ): Promise<DocumentReading>;
  /** A cheap call that proves that the platform answers and lets us in; the breaker's probe. */
  probe(call: Call, client: Client): Promise<Outcome>;
  /** Looks at the account and names what would go wrong. `crosswalks`: the connection's rows by table, so that words the account does not know are named too. */
  doctor(call: Call, client: Client, crosswalks?: CrosswalkTables): Promise<readonly Finding[]>;
  /** Keeps what the platform may drop in being, e.g. webhook subscriptions; run on a schedule. */
  maintain?: {
    readonly everyMs: number;
    run(publicUrl: string, call: Call, client: Client): Promise<Outcome>;
  };
}
