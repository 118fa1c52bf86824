import type { Json } from '#canonical/json.ts';
import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import {
  type Emulator,
  type EmulatorOptions,
  type EmulatorRequest,
  type EmulatorResponse,
  startEmulator,
} from '#connector-testkit/emulator.ts';
import type { OrderJson } from './order-record.ts';

export const apiKey = 'key-of-the-emulated-example';

/** Example in process: orders that can be read and cancelled, with a read side that may lag. */
export class ExamplePlatform {
  readonly orders = new Map<string, OrderJson>();
  /** How long a change stays invisible to GET. Milliseconds. */
  lagMs = 0;
  readonly #journal: EffectJournal;
  readonly #changed = new Map<string, { readonly before: OrderJson; readonly atMs: number }>();

  constructor(journal: EffectJournal) {
    this.#journal = journal;
  }

  handle(request: EmulatorRequest): EmulatorResponse {
    if (request.headers['authorization'] !== `Bearer ${apiKey}`)
      return answer(401, { code: 'unauthorized', message: 'unknown key' });
    if (request.path === '/me') return answer(200, { user: 'integration' });
    if (request.path === '/orders') return answer(200, this.#changedSince(request.query));
    const [, id = '', action] = /^\/orders\/([^/]+)(\/cancel)?$/.exec(request.path) ?? [];
    const order = this.orders.get(decodeURIComponent(id));
    if (order === undefined) return answer(404, { code: 'not_found', message: 'no such order' });
    if (action === undefined) return answer(200, this.#visible(order));
    return request.method === 'POST'
      ? this.#cancel(order)
      : answer(405, { code: 'method', message: 'POST it' });
  }

  #cancel(order: OrderJson): EmulatorResponse {
    if (order.status === 'shipped')
      return answer(409, { code: 'order_shipped', message: 'the goods have left' });
    const cancelled: OrderJson = { ...order, status: 'cancelled' };
    this.#changed.set(order.id, { before: order, atMs: Date.now() });
    this.orders.set(order.id, cancelled);
    this.#journal.record('order.cancelled', order.id, cancelled);
    return answer(200, cancelled);
  }

  #visible(order: OrderJson): OrderJson {
    const change = this.#changed.get(order.id);
    return change !== undefined && Date.now() - change.atMs < this.lagMs ? change.before : order;
  }

  #changedSince(query: URLSearchParams): OrderJson[] {
    const since = query.get('since') ?? '';
    const orders = [...this.orders.values()]
      .map((order) => this.#visible(order))
      .filter(({ changedAt }) => changedAt >= since);
    return orders
      .sort((a, b) => a.changedAt.localeCompare(b.changedAt))
      .slice(0, Number(query.get('limit') ?? 50));
  }
}

export const startExample = (options: EmulatorOptions = {}): Promise<Emulator<ExamplePlatform>> =>
  startEmulator((journal) => new ExamplePlatform(journal), options);

const answer = (status: number, body: Json): EmulatorResponse => ({ status, body: JSON.stringify(body) });
