import type { CommandName } from '#canonical/command.ts';
import type { JsonObject } from '#canonical/json.ts';
import type { Connector } from '#connector-sdk/connector.ts';
import type { OutcomeKind } from '#connector-sdk/outcome.ts';
import type { Emulator } from '../emulator.ts';
import type { Fault } from '../fault-plan.ts';
import type { CommandFixture, InboundFixture } from '../fixtures.ts';

/** What goes wrong in the fault tests, by the name it has in their titles. */
export type FaultName =
  | 'rate limit'
  | 'not authorised'
  | 'bad request'
  | 'server error'
  | 'overloaded'
  | 'cut before the effect'
  | 'cut after the effect'
  | 'silence before the effect'
  | 'silence after the effect';

/** How a platform says it, and which outcomes are right; both are added to the defaults of `faults.ts`. */
export type FaultCase = { readonly fault: Fault; readonly allowed: readonly OutcomeKind[] };

/** How one command is tested against the emulator. */
export type CommandTrial<Platform> = {
  /** The fixture to send, by name (`commands/order-create-simple`). */
  readonly fixture: string;
  /**
   * How often the command took effect, told from the emulator's ground truth; null for a command that only reads. One delivery
   * must count 1, whatever happens on the way.
   */
  readonly effects: ((emulator: Emulator<Platform>) => number) | null;
  /** Brings the fresh emulator to where the command can succeed, e.g. adds the order that a shipment is for. */
  readonly prepare?: (emulator: Emulator<Platform>) => void | Promise<void>;
  /** Faults that this command answers in its own way. */
  readonly faults?: Partial<Record<FaultName, Partial<FaultCase>>>;
  /** Kinds that may stand for done, e.g. a platform that only ever accepts. Default: `done`. */
  readonly successKinds?: readonly OutcomeKind[];
};

/** How webhooks are tested. */
export type WebhookTrial<Config> = {
  /** A delivery as the platform would sign it now with this config. */
  readonly sign: (body: Buffer, config: Config, nowMs: number) => Readonly<Record<string, string>>;
  readonly body: JsonObject;
  /** The header that holds the signature, in lower case. */
  readonly signatureHeader: string;
  /** The same config with another signing secret. */
  readonly otherSecret: (config: Config) => Config;
  /** From which age a delivery is refused; null where the platform signs no time. Milliseconds. */
  readonly staleAfterMs: number | null;
};

/** A connector, its emulator and its fixtures: all that the conformance suite needs to know. */
export type ConformanceSubject<Config, Client, Platform> = {
  readonly connector: Connector<Config, Client>;
  /** A fresh platform for each test, ready to be logged in to. */
  readonly emulator: () => Promise<Emulator<Platform>>;
  /** The connection's settings as an operator would write them (before defaults), with every secret set to a value of its own. */
  readonly config: (emulator: Pick<Emulator<Platform>, 'url'>) => unknown;
  /** Name of the connection. Default: that of the fixtures, `test`. */
  readonly connection?: string;
  readonly inbound: readonly InboundFixture[];
  readonly commands: readonly CommandFixture[];
  /** Required for each command that the connector declares. */
  readonly trials: { readonly [N in CommandName]?: CommandTrial<Platform> };
  /** Required where the connector has a webhook receiver. */
  readonly webhook?: WebhookTrial<Config>;
  /** Makes the emulator's search (or any later effect) lag, in milliseconds; where its platform's does. */
  readonly lag?: (emulator: Emulator<Platform>, lagMs: number) => void;
  /**
   * Fields of money that the platform leaves out where they are zero, as paths without list positions (`line_items.tip`):
   * there, and only there, absent may mean 0.
   */
  readonly zeroWhenAbsent?: readonly string[];
};
