import type { FetchResponse, SubscribeCall } from './pubsub-api.ts';
import { type StreamEnd, streamEnd } from './stream-end.ts';

/** What a stream brought, in order: an event, or the word that up to here there was none. */
export type StreamItem = {
  readonly replayId: string;
  readonly event: { readonly schemaId: string; readonly payload: Buffer } | null;
};

/** Events that the platform may send before it is told that we have stored some. */
export const outstandingEvents = 100;

/** One Subscribe stream. It holds at most `outstandingEvents`, since no more are asked for than were stored. */
export class ChangeStream {
  readonly #call: SubscribeCall;
  readonly #topic: string;
  readonly #items: StreamItem[] = [];
  #ended: StreamEnd | null = null;
  #wake: () => void = () => undefined;
  /** Whether the platform has answered: from then on the place where this subscription began is settled. */
  hasAnswered = false;

  /** `replayId` (base64) to go on behind; null = from now on. */
  constructor(call: SubscribeCall, topic: string, replayId: string | null) {
    this.#call = call;
    this.#topic = topic;
    call.on('data', (answer: FetchResponse) => this.#take(answer));
    call.on('error', (error) => this.#end(streamEnd(error)));
    call.on('end', () => this.#end({ kind: 'unavailable', detail: 'the stream ended' }));
    call.write({
      topicName: topic,
      numRequested: outstandingEvents,
      ...(replayId === null
        ? { replayPreset: 'LATEST' as const }
        : { replayPreset: 'CUSTOM' as const, replayId: Buffer.from(replayId, 'base64') }),
    });
  }

  get end(): StreamEnd | null {
    return this.#items.length === 0 ? this.#ended : null;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** So many more may come: called once those before are stored. */
  request(count: number): void {
    if (count > 0 && this.#ended === null) this.#call.write({ topicName: this.#topic, numRequested: count });
  }

  /** Waits until there is something or the stream ends, at most so long. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#items.length > 0 || this.#ended !== null || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      this.#wake = done;
    });
  }

  /** Takes what is there. */
  take(): readonly StreamItem[] {
    return this.#items.splice(0);
  }

  close(): void {
    this.#end({ kind: 'unavailable', detail: 'closed' });
    this.#call.cancel();
  }

  #take({ events, latestReplayId }: FetchResponse): void {
    this.hasAnswered = true;
    for (const { replayId, event } of events)
      this.#items.push({ replayId: Buffer.from(replayId).toString('base64'), event });
    if (events.length === 0 && latestReplayId.byteLength > 0)
      this.#items.push({ replayId: Buffer.from(latestReplayId).toString('base64'), event: null });
    this.#wake();
  }

  #end(end: StreamEnd): void {
    this.#ended ??= end;
    this.#wake();
  }
}
