import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import type { DeliveryKind } from '#connector-testkit/delivery-history.ts';
import { seededRandom } from '#connector-testkit/seeded-random.ts';
import { forged, malformed, poisonous, subjectIn } from './hostile-delivery.ts';
import type { SubscriptionRecord } from './records.ts';
import { drifted, poisonousBodies } from './schema-drift.ts';
import { type WebhookOptions, webhookDefaults } from './webhook-options.ts';

type Delivery = {
  readonly topic: string;
  readonly kind: DeliveryKind;
  readonly subscription: SubscriptionRecord;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly firstTryMs: number;
};

export type SenderHooks = {
  readonly shop: string;
  readonly apiVersion: string;
  readonly seed: number;
  secret(): string;
  now(): number;
  subscriptions(topic: string): readonly SubscriptionRecord[];
  /** A delivery used up its retries while nothing else got through. */
  failed(subscription: SubscriptionRecord): void;
};

/** Eight retries, each twice as long after the last, fill four hours. */
const firstRetryMs = (4 * 3_600_000) / 255;

const connections = 64;

/** Sends signed webhooks over HTTP: at least once, in no order, until answered 2xx within the time-out or given up. */
export class WebhookSender {
  readonly #agent = new Agent({ connect: { timeout: 1000 }, connections });
  readonly #timers = new Set<NodeJS.Timeout>();
  #options: Required<WebhookOptions>;
  readonly #hooks: SenderHooks;
  readonly #random;
  /** Of its own, so that hostile deliveries leave the others as they were. */
  readonly #otherRandom;
  readonly #lastSuccessMs = new Map<string, number>();
  /** Attempts that wait for a connection; their time-out begins with the request, as it does at Shopify. */
  readonly #queue: (() => Promise<void>)[] = [];
  #inFlight = 0;
  #waiters: (() => void)[] = [];
  #pending = 0;
  #closed = false;
  readonly counts = {
    sent: 0,
    accepted: 0,
    failed: 0,
    dropped: 0,
    duplicated: 0,
    late: 0,
    malformed: 0,
    forged: 0,
  };

  constructor(options: WebhookOptions, hooks: SenderHooks) {
    this.#options = { ...webhookDefaults, ...options };
    this.#hooks = hooks;
    this.#random = seededRandom(hooks.seed);
    this.#otherRandom = seededRandom(hooks.seed + 1);
  }

  /** Deliveries that are still to come, or to come again. */
  get pending(): number {
    return this.#pending;
  }

  /** Behaves otherwise from now on. */
  set(change: Omit<WebhookOptions, 'history'>): void {
    this.#options = { ...this.#options, ...change };
  }

  /** Tells every subscriber of the topic (`orders/create`). All topics of one business event share its event id. */
  send(topic: string, eventId: string, documented: string, delayMs = 0): void {
    const { drift, drifting } = this.#options;
    const body =
      drift !== null && this.#otherRandom.next() < drifting ? drifted(documented, drift) : documented;
    for (const subscription of this.#hooks.subscriptions(topic)) {
      if (this.#random.next() < this.#options.dropped) {
        this.counts.dropped += 1;
        continue;
      }
      const delivery = {
        topic,
        kind: 'genuine' as DeliveryKind,
        subscription,
        headers: this.#headers(topic, eventId, body),
        body,
        firstTryMs: this.#hooks.now(),
      };
      const isTwice = this.#random.next() < this.#options.duplicated;
      const isLate = this.#otherRandom.next() < this.#options.late;
      if (isLate) this.counts.late += 1;
      this.#begin(isLate ? { ...delivery, kind: 'late' } : delivery, delayMs);
      if (isTwice) {
        this.counts.duplicated += 1;
        this.#begin({ ...delivery, kind: 'duplicate' }, delayMs);
      }
      this.#provoke(delivery);
    }
  }

  #begin(delivery: Delivery, delayMs: number): void {
    this.#pending += 1;
    const { shuffleMs, lateMs } = this.#options;
    const waitMs =
      delayMs +
      this.#random.next() * shuffleMs +
      (delivery.kind === 'late' ? this.#otherRandom.next() * lateMs : 0);
    this.#later(waitMs, () => this.#attempt(delivery, 0));
  }

  /** Sends beside it, now and then, what a receiver must not fall for. */
  #provoke(delivery: Delivery): void {
    for (const kind of ['malformed', 'forged'] as const) {
      if (this.#otherRandom.next() >= this.#options[kind]) continue;
      this.#sendOnce(
        delivery,
        kind === 'forged' ? forged(delivery) : malformed(delivery, this.#hooks.secret()),
        kind,
      );
    }
    if (this.#otherRandom.next() < this.#options.poisonous)
      this.#sendOnce(
        delivery,
        poisonous(delivery, this.#otherRandom.pick(poisonousBodies), this.#hooks.secret()),
        'malformed',
      );
  }

  #sendOnce(
    delivery: Delivery,
    hostile: Pick<Delivery, 'headers' | 'body'>,
    kind: 'malformed' | 'forged',
  ): void {
    this.counts[kind] += 1;
    const sent = { ...delivery, ...hostile, kind };
    this.#pending += 1;
    this.#later(this.#otherRandom.next() * this.#options.shuffleMs, async () => {
      await this.#post(sent, 1);
      this.#settle(1);
    });
  }

  /** Resolves when every delivery so far was accepted or given up. */
  async idle(): Promise<void> {
    if (this.#pending > 0) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#pending = 0;
    this.#settle(0);
    await this.#agent.destroy();
  }

  #headers(topic: string, eventId: string, body: string): Record<string, string> {
    return {
      'content-type': 'application/json',
      'x-shopify-topic': topic,
      'x-shopify-shop-domain': this.#hooks.shop,
      'x-shopify-api-version': this.#hooks.apiVersion,
      'x-shopify-webhook-id': randomUUID(),
      'x-shopify-event-id': eventId,
      'x-shopify-triggered-at': new Date(this.#hooks.now()).toISOString(),
      'x-shopify-hmac-sha256': createHmac('sha256', this.#hooks.secret()).update(body).digest('base64'),
    };
  }

  async #attempt(delivery: Delivery, failures: number): Promise<void> {
    this.counts.sent += 1;
    const { subscription } = delivery;
    if (await this.#post(delivery, failures + 1)) {
      this.counts.accepted += 1;
      this.#lastSuccessMs.set(subscription.id, this.#hooks.now());
      return this.#settle(1);
    }
    this.counts.failed += 1;
    if (this.#closed) return;
    if (failures < this.#options.retries) {
      const delayMs = firstRetryMs * 2 ** failures * this.#options.timeScale;
      return this.#later(delayMs, () => this.#attempt(delivery, failures + 1));
    }
    if ((this.#lastSuccessMs.get(subscription.id) ?? -1) < delivery.firstTryMs)
      this.#hooks.failed(subscription);
    this.#settle(1);
  }

  async #post(delivery: Delivery, attempt: number): Promise<boolean> {
    const { subscription, headers, body } = delivery;
    try {
      const answer = await request(subscription.uri, {
        method: 'POST',
        headers,
        body,
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(this.#options.timeoutMs),
      });
      await answer.body.dump();
      this.#note(delivery, attempt, answer.statusCode, null);
      return answer.statusCode >= 200 && answer.statusCode < 300;
    } catch (error) {
      this.#note(
        delivery,
        attempt,
        null,
        error instanceof Error ? error.message || error.name : String(error),
      );
      return false;
    }
  }

  #note(
    { topic, kind, subscription, headers, body }: Delivery,
    attempt: number,
    status: number | null,
    error: string | null,
  ): void {
    this.#options.history?.record({
      url: subscription.uri,
      topic,
      kind,
      deliveryId: headers['x-shopify-webhook-id'] ?? '',
      eventId: headers['x-shopify-event-id'] ?? '',
      subject: subjectIn(topic, body),
      attempt,
      status,
      error,
      body,
    });
  }

  #later(delayMs: number, run: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#queue.push(run);
      this.#drain();
    }, delayMs);
    timer.unref();
    this.#timers.add(timer);
  }

  #drain(): void {
    while (!this.#closed && this.#inFlight < connections) {
      const run = this.#queue.shift();
      if (!run) return;
      this.#inFlight += 1;
      void run().finally(() => {
        this.#inFlight -= 1;
        this.#drain();
      });
    }
  }

  #settle(finished: number): void {
    this.#pending -= finished;
    if (this.#pending > 0) return;
    for (const resolve of this.#waiters) resolve();
    this.#waiters = [];
  }
}
