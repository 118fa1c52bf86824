import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import { seededRandom } from '#connector-testkit/seeded-random.ts';
import type { SubscriptionRecord } from './records.ts';

/** How the emulated Shopify delivers. Real times unless `timeScale` shortens them. */
export type WebhookOptions = {
  /** 1 = Shopify's own pace (8 retries within 4 hours); 0.001 = 14 seconds. */
  readonly timeScale?: number;
  readonly timeoutMs?: number;
  readonly retries?: number;
  /** Share of deliveries that never happen: Shopify promises no delivery. */
  readonly dropped?: number;
  /** Share that comes twice. */
  readonly duplicated?: number;
  /** Each waits up to this long before its first attempt, so that later ones overtake it. */
  readonly shuffleMs?: number;
};

type Delivery = {
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
  readonly #options: Required<WebhookOptions>;
  readonly #hooks: SenderHooks;
  readonly #random;
  readonly #lastSuccessMs = new Map<string, number>();
  /** Attempts that wait for a connection; their time-out begins with the request, as it does at Shopify. */
  readonly #queue: (() => Promise<void>)[] = [];
  #inFlight = 0;
  #waiters: (() => void)[] = [];
  #pending = 0;
  #closed = false;
  readonly counts = { sent: 0, accepted: 0, failed: 0, dropped: 0, duplicated: 0 };

  constructor(options: WebhookOptions, hooks: SenderHooks) {
    this.#options = {
      timeScale: 1,
      timeoutMs: 5000,
      retries: 8,
      dropped: 0,
      duplicated: 0,
      shuffleMs: 0,
      ...options,
    };
    this.#hooks = hooks;
    this.#random = seededRandom(hooks.seed);
  }

  /** Tells every subscriber of the topic (`orders/create`). All topics of one business event share its event id. */
  send(topic: string, eventId: string, body: string): void {
    for (const subscription of this.#hooks.subscriptions(topic)) {
      if (this.#random.next() < this.#options.dropped) {
        this.counts.dropped += 1;
        continue;
      }
      const delivery = {
        subscription,
        headers: this.#headers(topic, eventId, body),
        body,
        firstTryMs: this.#hooks.now(),
      };
      const isTwice = this.#random.next() < this.#options.duplicated;
      if (isTwice) this.counts.duplicated += 1;
      for (let copy = isTwice ? 2 : 1; copy > 0; copy -= 1) {
        this.#pending += 1;
        this.#later(this.#random.next() * this.#options.shuffleMs, () => this.#attempt(delivery, 0));
      }
    }
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
    if (await this.#post(delivery)) {
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

  async #post({ subscription, headers, body }: Delivery): Promise<boolean> {
    try {
      const answer = await request(subscription.uri, {
        method: 'POST',
        headers,
        body,
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(this.#options.timeoutMs),
      });
      await answer.body.dump();
      return answer.statusCode >= 200 && answer.statusCode < 300;
    } catch {
      return false;
    }
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
