import { randomUUID } from 'node:crypto';
import type grpc from '@grpc/grpc-js';
import type { OrgOptions } from '../org-options.ts';
import type { ChangeFeed, Topic } from './change-feed.ts';
import type { DeliveryAllowance } from './delivery-allowance.ts';
import { replayBytes, replayOf } from './event-bus.ts';
import { pubSubFault } from './pubsub-fault.ts';

export type FetchRequest = {
  readonly topicName: string;
  readonly replayPreset: 'LATEST' | 'EARLIEST' | 'CUSTOM';
  readonly replayId: Buffer;
  readonly numRequested: number;
};
export type FetchResponse = {
  readonly events: readonly object[];
  readonly latestReplayId: Buffer;
  readonly rpcId: string;
  readonly pendingNumRequested: number;
};

/** No more than so many events are owed to a subscriber at a time. */
const mostOutstanding = 100;

/** One Subscribe stream: gives out as many events as were asked for, and says now and then that it still lives. */
export class Subscription {
  readonly #call: grpc.ServerDuplexStream<FetchRequest, FetchResponse>;
  readonly #feed: ChangeFeed;
  readonly #options: OrgOptions;
  readonly #allowance: DeliveryAllowance;
  #topic: Topic | null = null;
  #position = 0;
  #pending = 0;
  #keepAlive: NodeJS.Timeout | null = null;
  #idle: NodeJS.Timeout | null = null;
  #stopListening: () => void = () => undefined;

  constructor(
    call: grpc.ServerDuplexStream<FetchRequest, FetchResponse>,
    feed: ChangeFeed,
    options: OrgOptions,
    allowance: DeliveryAllowance,
  ) {
    this.#call = call;
    this.#feed = feed;
    this.#options = options;
    this.#allowance = allowance;
    call.on('data', (request: FetchRequest) => this.#take(request));
    call.on('end', () => {
      this.stop();
      call.end();
    });
    call.on('cancelled', () => this.stop());
    call.on('error', () => this.stop());
  }

  /** Ends the stream with an error, as a deployment or a broken line would. */
  fail(error: grpc.ServiceError): void {
    this.stop();
    this.#call.emit('error', error);
  }

  /** Ends the stream without an error. */
  end(): void {
    this.stop();
    this.#call.end();
  }

  stop(): void {
    this.#stopListening();
    if (this.#keepAlive !== null) clearTimeout(this.#keepAlive);
    if (this.#idle !== null) clearTimeout(this.#idle);
  }

  #take(request: FetchRequest): void {
    if (request.numRequested < 1)
      return this.fail(
        pubSubFault(
          'INVALID_ARGUMENT',
          'subscription.fetch.requested.events.invalid',
          'num_requested must be positive',
        ),
      );
    if (this.#topic === null) {
      if (!this.#begin(request)) return;
    } else if (request.topicName !== '' && request.topicName !== this.#topic.name) {
      return this.fail(
        pubSubFault(
          'INVALID_ARGUMENT',
          'subscription.fetch.topic.mismatch',
          'The topic of a stream cannot change',
        ),
      );
    }
    this.#pending = Math.min(mostOutstanding, this.#pending + request.numRequested);
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    this.#deliver();
  }

  #begin(request: FetchRequest): boolean {
    const topic = this.#feed.topic(request.topicName);
    if (topic === undefined) {
      this.fail(pubSubFault('NOT_FOUND', 'topic.not.found', `Topic ${request.topicName} not found`));
      return false;
    }
    if (request.replayPreset === 'CUSTOM') {
      const position = replayOf(request.replayId);
      if (position === null || !this.#feed.bus.knows(position)) {
        const code = position === null ? 'corrupted' : 'validation.failed';
        this.fail(
          pubSubFault(
            'INVALID_ARGUMENT',
            `subscription.fetch.replayid.${code}`,
            'The Replay ID validation failed. Ensure that the Replay ID is valid.',
          ),
        );
        return false;
      }
      this.#position = position;
    } else this.#position = request.replayPreset === 'EARLIEST' ? 0 : this.#feed.bus.tip;
    this.#topic = topic;
    this.#stopListening = this.#feed.bus.onAppend(() => setImmediate(() => this.#deliver()));
    this.#armKeepAlive();
    return true;
  }

  #deliver(): void {
    const topic = this.#topic;
    while (topic !== null && this.#pending > 0 && !this.#call.cancelled) {
      const batch = this.#feed.bus.after(
        this.#position,
        (source) => topic.wants(source),
        Math.min(this.#pending, this.#options.eventsPerResponse),
      );
      const last = batch.at(-1);
      if (last === undefined) return;
      if (this.#allowance.left < batch.length)
        return this.fail(
          pubSubFault(
            'RESOURCE_EXHAUSTED',
            'subscription.limit.exceeded',
            'You have exceeded the event delivery limit for your org.',
          ),
        );
      this.#allowance.spend(batch.length);
      this.#position = last.replay;
      this.#pending -= batch.length;
      this.#write(
        batch.map(({ id, schemaId, payload, replay }) => ({
          event: { id, schemaId, payload, headers: [] },
          replayId: replayBytes(replay),
        })),
      );
      if (this.#pending === 0) this.#armIdle();
    }
  }

  #write(events: readonly object[]): void {
    this.#call.write({
      events,
      latestReplayId: replayBytes(this.#position),
      rpcId: randomUUID(),
      pendingNumRequested: this.#pending,
    });
    this.#armKeepAlive();
  }

  #armKeepAlive(): void {
    if (this.#keepAlive !== null) clearTimeout(this.#keepAlive);
    this.#keepAlive = setTimeout(() => {
      this.#deliver();
      // Where events are owed and none is there, the subscriber has seen all that the bus holds.
      if (this.#pending > 0) this.#position = this.#feed.bus.tip;
      this.#write([]);
    }, this.#options.keepAliveMs);
    this.#keepAlive.unref();
  }

  /** Nobody asked for more: such a stream is closed. */
  #armIdle(): void {
    this.#idle = setTimeout(
      () =>
        this.fail(
          pubSubFault(
            'CANCELLED',
            'subscription.fetch.timeout',
            'No FetchRequest came while none was pending',
          ),
        ),
      this.#options.idleStreamMs,
    );
    this.#idle.unref();
  }
}
