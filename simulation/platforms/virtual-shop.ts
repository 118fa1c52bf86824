import type { CommandPayload } from '#canonical/command.ts';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Shipment } from '#canonical/fulfillment.ts';
import type { Order } from '#canonical/order.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import { buildShipment, paymentObserved } from '#tests/builders/event-builder.ts';
import { buildOrder, type LineSpec, type OrderSpec } from '#tests/builders/order-builder.ts';
import type { LifeStep, OrderLife } from '../order-life.ts';
import { orderRules } from '../worker/order-processes.ts';
import { type Request, VirtualPlatform } from './platform.ts';

export const refusedPostalCode = 'NOWHERE';

type ShopOrder = {
  readonly life: OrderLife;
  spec: OrderSpec;
  lines: LineSpec[];
  fulfillments: Shipment[];
  lastAtMs: number;
  /** Hashes of the states that it went through within its last instant. */
  hashes: string[];
  current: Order;
};

/** The storefront: the orders as they truly are, and what it tells about them. */
export class VirtualShop extends VirtualPlatform {
  readonly orders = new Map<string, ShopOrder>();
  /** Orders that changed, by instant: what a poll reads. */
  readonly changes: { readonly atMs: number; readonly id: string }[] = [];
  /** Told of every change; who listens makes webhooks of it. */
  onEvent: (topic: string, event: CanonicalEvent) => void = () => undefined;

  create(life: OrderLife): void {
    const lines = life.lines.map(({ sku, quantity }) => ({
      sku,
      quantity: String(quantity),
      price: '10.00',
    }));
    const spec: OrderSpec = {
      connection: this.connection,
      id: life.id,
      payment: life.isPaidAtOnce ? 'paid' : 'pending',
      address: life.startsWithBadAddress ? { postalCode: refusedPostalCode } : {},
      with: {
        attributes: [
          { name: 'customer', value: life.customer },
          { name: 'address', value: life.address },
        ],
      },
    };
    const order: ShopOrder = {
      life,
      spec,
      lines,
      fulfillments: [],
      lastAtMs: 0,
      hashes: [],
      current: buildOrder({ ...spec, lines }),
    };
    this.orders.set(life.id, order);
    this.#changed(order);
    if (life.isPaidAtOnce) this.#paid(order);
  }

  change(id: string, kind: LifeStep['kind']): void {
    const order = this.orders.get(id);
    if (order === undefined || order.current.cancelled !== null) return;
    this.world.note(`shop ${id} ${kind}`);
    const first = order.lines[0];
    const quantity = Number(first?.current ?? first?.quantity ?? 0);
    switch (kind) {
      case 'touch':
        return this.#touched(order);
      case 'pay':
        order.spec = { ...order.spec, payment: 'paid' };
        this.#changed(order);
        return this.#paid(order);
      case 'cancel':
        order.spec = { ...order.spec, cancelled: 'customer' };
        break;
      case 'hold':
      case 'unhold':
        order.spec = {
          ...order.spec,
          with: { ...order.spec.with, holds: kind === 'hold' ? [{ kind: 'manual', note: null }] : [] },
        };
        break;
      case 'note':
        order.spec = { ...order.spec, with: { ...order.spec.with, note: `note ${this.world.elapsedMs}` } };
        break;
      case 'bad-address':
      case 'good-address':
        order.spec = {
          ...order.spec,
          address: kind === 'bad-address' ? { postalCode: refusedPostalCode } : {},
        };
        break;
      case 'more':
      case 'less': {
        if (kind === 'less' && quantity < 2) return;
        const current = String(kind === 'more' ? quantity + 1 : quantity - 1);
        order.lines = order.lines.map((line, index) => (index === 0 ? { ...line, current } : line));
      }
    }
    this.#changed(order);
  }

  observed(id: string): CanonicalEvent | null {
    const order = this.orders.get(id)?.current;
    if (order === undefined) return null;
    const subject = { entity: 'order' as const, ref: order.ref, founds: true };
    return { type: 'order.observed', subject, version: order.version, data: order };
  }

  protected find(request: Request): Found {
    const { shipment } = request.body as unknown as CommandPayload<'storefront.fulfillment.create'>;
    const known = this.#fulfillment(request, shipment);
    return known === undefined
      ? { kind: 'absent' }
      : { kind: 'found', outcome: { kind: 'done', result: {}, refs: [known.ref] } };
  }

  protected refusal({ name, body }: Request): Outcome | null {
    const { order } = body as unknown as { order: { id: string } };
    if (!this.orders.has(order.id)) return { kind: 'rejected', code: 'not-found', detail: order.id };
    const isCancelled = this.orders.get(order.id)?.current.cancelled !== null;
    return name === 'storefront.fulfillment.create' && isCancelled
      ? { kind: 'rejected', code: 'cancelled', detail: 'the order is cancelled' }
      : null;
  }

  protected apply(request: Request): Outcome {
    if (request.name === 'storefront.order.read') {
      const { order } = request.body as unknown as CommandPayload<'storefront.order.read'>;
      const event = this.observed(order.id);
      return { kind: 'done', result: {}, refs: [], events: event === null ? [] : [event] };
    }
    const { order, shipment } = request.body as unknown as CommandPayload<'storefront.fulfillment.create'>;
    const known = this.orders.get(order.id);
    if (known === undefined) return { kind: 'rejected', code: 'not-found', detail: order.id };
    if (this.#fulfillment(request, shipment) !== undefined)
      this.world.violated('a shipment is told once', `${order.id} ${shipment.id}`);
    this.took(request);
    const lines = shipment.lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }));
    const made = buildShipment({ id: `f-${shipment.ref.id}`, connection: this.connection, lines });
    known.fulfillments = [...known.fulfillments, made];
    known.spec = { ...known.spec, with: { ...known.spec.with, shipments: known.fulfillments } };
    this.#changed(known);
    return { kind: 'done', result: {}, refs: [made.ref] };
  }

  #fulfillment({ body }: Request, shipment: Shipment): Shipment | undefined {
    const { order } = body as unknown as { order: { id: string } };
    return this.orders
      .get(order.id)
      ?.fulfillments.find((candidate) => candidate.ref.id === `f-${shipment.ref.id}`);
  }

  /**
   * Each state has an instant of its own; now and then some share one, as at platforms that count seconds. No more of them than the
   * process reads the source for, and none that was there before: that one nobody could tell from a late message of the earlier.
   */
  #changed(order: ShopOrder): void {
    const { length } = order.hashes;
    const at = new Date(order.lastAtMs).toISOString();
    const next = buildOrder({ ...order.spec, at, lines: order.lines });
    const isTie =
      length > 0 &&
      length <= orderRules.reads.maxTieReads &&
      !order.hashes.includes(next.version.hash) &&
      this.world.fault('webhook', length > 1 ? 0.2 : 0.03, `${order.life.id} changes within one instant`);
    if (isTie && length > 1) this.world.met('three bodies of one instant');
    order.lastAtMs = isTie ? order.lastAtMs : Math.max(this.world.nowMs, order.lastAtMs + 1);
    order.current = isTie
      ? next
      : buildOrder({ ...order.spec, at: new Date(order.lastAtMs).toISOString(), lines: order.lines });
    order.hashes = [...(isTie ? order.hashes : []), order.current.version.hash];
    this.changes.push({ atMs: this.world.nowMs, id: order.life.id });
    const event = this.observed(order.life.id);
    if (event !== null) this.onEvent('orders/updated', event);
  }

  #paid(order: ShopOrder): void {
    // A payment is of the instant of the first state that shows it.
    const at = new Date(order.lastAtMs).toISOString();
    const { ref, totals } = order.current;
    const event = paymentObserved({
      id: `t-${order.life.id}`,
      at,
      amountMinor: totals.grand.presentment.amountMinor,
      ref,
    });
    this.onEvent('transactions/created', { ...event, subject: { ...event.subject, founds: true } });
  }

  #touched(order: ShopOrder): void {
    order.spec = { ...order.spec, with: { ...order.spec.with, tags: [`touched ${this.world.elapsedMs}`] } };
    order.lastAtMs = Math.max(this.world.nowMs, order.lastAtMs + 1);
    const at = new Date(order.lastAtMs).toISOString();
    order.current = buildOrder({ ...order.spec, at, lines: order.lines });
    order.hashes = [order.current.version.hash];
    this.changes.push({ atMs: this.world.nowMs, id: order.life.id });
    const subject = { entity: 'order' as const, ref: order.current.ref, founds: true };
    this.onEvent('orders/edited', {
      type: 'order.touched',
      subject,
      version: { at, hash: `touched ${at}` },
      data: { reason: 'edited', listed: false },
    });
  }
}
