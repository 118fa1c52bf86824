import { randomUUID } from 'node:crypto';
import type avro from 'avsc';
import type { Call } from '#connector-sdk/connector.ts';
import { failed, got, type Reply } from '../answers/failure.ts';
import { readSchema } from './change-event.ts';
import type { ChangesConfig } from './changes-config.ts';
import { ChangeStream } from './change-stream.ts';
import { type Caller, PubSubApi } from './pubsub-api.ts';
import { streamEnd } from './stream-end.ts';

/** A stream that nobody reads from for so long is let go: its turn is another process's, which has one of its own. */
const abandonedMs = 90_000;
/** How long the stream rests once the org's deliveries of the day are used up; the count falls by the hour. */
const usedUpPauseMs = 15 * 60_000;

/** What the stream needs of its connection. */
export type StreamHost = {
  readonly changesConfig: ChangesConfig;
  readonly config: { readonly instanceUrl: string };
  session(call: Call, refused?: string): Promise<Reply<string>>;
  now(): number;
};

export type Resumed = {
  /** Null while the deliveries of the day are used up. */
  readonly stream: ChangeStream | null;
  /** Names the stream where it began at the tip, behind no known position; null where it went on behind one. */
  readonly tipId: string | null;
  /** Where it began is certain: behind a position, or the platform has answered. */
  readonly isSettled: () => boolean;
};

/** The open stream of one connection in this process, with the schemas it met. */
export class ChangeSource {
  readonly #client: StreamHost;
  readonly #api: PubSubApi;
  readonly #schemas = new Map<string, avro.Type>();
  #open: { readonly stream: ChangeStream; readonly tipId: string | null } | null = null;
  /** Up to where the items were taken that are being stored, and how many of them were events. */
  #handedOut: { readonly replayId: string | null; readonly events: number } = { replayId: null, events: 0 };
  #token: string | null = null;
  #refused: string | undefined;
  #restsUntilMs = 0;
  #abandoned: NodeJS.Timeout | null = null;

  constructor(client: StreamHost) {
    this.#client = client;
    this.#api = new PubSubApi(client.changesConfig);
  }

  /**
   * The stream behind a position that is stored. The open one goes on where that position is the one it handed out last, and only then the
   * platform is told that it may send more; in any other case a new one begins there.
   */
  async resume(replayId: string | null, call: Call): Promise<Reply<Resumed>> {
    if (this.#restsUntilMs > this.#client.now())
      return got({ stream: null, tipId: null, isSettled: () => true });
    this.#watchForAbandonment();
    if (this.#open !== null && this.#handedOut.replayId === replayId) {
      this.#open.stream.request(this.#handedOut.events);
      this.#handedOut = { replayId, events: 0 };
      return got(resumed(this.#open));
    }
    this.close();
    const caller = await this.#caller(call);
    if (!caller.ok) return caller;
    const stream = new ChangeStream(
      this.#api.subscribe(caller.value),
      this.#client.changesConfig.topic,
      replayId,
    );
    this.#open = { stream, tipId: replayId === null ? randomUUID() : null };
    this.#handedOut = { replayId, events: 0 };
    return got(resumed(this.#open));
  }

  /** Remembers what is about to be stored; `resume` with this position says that it was. */
  handOut(replayId: string | null, events: number): void {
    this.#handedOut = { replayId, events };
  }

  /** The type of an event, fetched once. @throws UnreadableEventError */
  async schema(schemaId: string, call: Call): Promise<Reply<avro.Type>> {
    const known = this.#schemas.get(schemaId);
    if (known !== undefined) return got(known);
    const caller = await this.#caller(call);
    if (!caller.ok) return caller;
    let json: string;
    try {
      json = await this.#api.schema(schemaId, caller.value, call.deadlineMs);
    } catch (error) {
      const { detail } = streamEnd(error);
      return failed({ kind: 'unavailable', retryAfterMs: null, detail: `schema ${schemaId}: ${detail}` });
    }
    const type = readSchema(json);
    this.#schemas.set(schemaId, type);
    return got(type);
  }

  /** Whether the topic can be subscribed to by our user. */
  async canSubscribe(call: Call): Promise<Reply<boolean>> {
    const caller = await this.#caller(call);
    if (!caller.ok) return caller;
    try {
      return got(
        await this.#api.canSubscribe(this.#client.changesConfig.topic, caller.value, call.deadlineMs),
      );
    } catch (error) {
      const end = streamEnd(error);
      return end.kind === 'unavailable'
        ? failed({ kind: 'unavailable', retryAfterMs: null, detail: end.detail })
        : failed({ kind: 'unauthorized', detail: end.detail });
    }
  }

  /** The session was refused: the next call logs in anew. False when a new session was refused, too. */
  renewSession(): boolean {
    const isFirst = this.#refused !== this.#token;
    this.#refused = this.#token ?? undefined;
    return isFirst;
  }

  /** No more of today's deliveries: the stream rests. */
  rest(): void {
    this.close();
    this.#restsUntilMs = this.#client.now() + usedUpPauseMs;
  }

  close(): void {
    this.#open?.stream.close();
    this.#open = null;
    if (this.#abandoned !== null) clearTimeout(this.#abandoned);
  }

  async #caller(call: Call): Promise<Reply<Caller>> {
    const token = await this.#client.session(call, this.#refused);
    if (!token.ok) return token;
    this.#token = token.value;
    const [orgId = ''] = token.value.split('!');
    return got({ token: token.value, instanceUrl: this.#client.config.instanceUrl, orgId });
  }

  #watchForAbandonment(): void {
    if (this.#abandoned !== null) clearTimeout(this.#abandoned);
    this.#abandoned = setTimeout(() => this.close(), abandonedMs);
    this.#abandoned.unref();
  }
}

const resumed = ({ stream, tipId }: { stream: ChangeStream; tipId: string | null }): Resumed => ({
  stream,
  tipId,
  isSettled: () => tipId === null || stream.hasAnswered,
});
