import { decimal } from '#canonical/decimal.ts';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Order } from '#canonical/order.ts';
import { fulfillmentOrderData, orderDeleted, orderObserved } from '#tests/builders/event-builder.ts';
import { buildOrder } from '#tests/builders/order-builder.ts';

/** One currency of the lives, with a price that has all of its decimals. */
export type LifeCurrency = { readonly currency: string; readonly price: string };

/** Instants of the shop; each platform's clock is its own. */
const at = (step: number): string =>
  new Date(Date.parse('2026-11-24T10:00:00.000Z') + step * 1000).toISOString();

type ShopLine = { readonly id: string; readonly ordered: number; current: number };

/** What is true at the storefront: one order, and all that was ever done to it. */
export class LifeShop {
  readonly money: LifeCurrency;
  readonly lines: ShopLine[];
  /** Quantity by fulfilment order and line; the first one has what no other took. */
  readonly parts: Map<string, number>[] = [new Map()];
  isPaid: boolean;
  isHeld = false;
  isPartHeld = false;
  isCancelled = false;
  isDeleted = false;
  street = 1;
  /** How often each shipment of the ERP was told, and where the shop says that it is. */
  readonly fulfilments = new Map<string, { times: number; status: string }>();
  #step = 0;

  constructor(money: LifeCurrency, quantities: readonly number[], isPaid: boolean) {
    this.money = money;
    this.isPaid = isPaid;
    this.lines = quantities.map((ordered, index) => ({ id: `line-${index + 1}`, ordered, current: ordered }));
  }

  get isOver(): boolean {
    return this.isCancelled || this.isDeleted;
  }

  /** Whether anything keeps it from going out. */
  get isOnHold(): boolean {
    return this.isHeld || this.isPartHeld;
  }

  /** The order as it is now, under an instant of its own. */
  observed(): CanonicalEvent {
    this.#step += 1;
    return orderObserved(this.#order());
  }

  deleted(): CanonicalEvent {
    this.#step += 1;
    return orderDeleted(at(this.#step));
  }

  /** What a read of it shows; null once it is gone. */
  read(): CanonicalEvent | null {
    return this.isDeleted ? null : orderObserved(this.#order());
  }

  /** In minor units; nothing is left to pay of a cancelled order. */
  get totalMinor(): number {
    return this.#order().totals.grand.presentment.amountMinor;
  }

  /** Moves half of what the first fulfilment order has to another location. */
  split(): void {
    const second = new Map(this.lines.map(({ id, current }) => [id, Math.floor(current / 2)] as const));
    this.parts.push(second);
  }

  #order(): Order {
    const { currency, price } = this.money;
    return buildOrder({
      currency,
      at: at(this.#step),
      payment: this.isPaid ? 'paid' : 'pending',
      lines: this.lines.map(({ id, ordered, current }) => ({
        id,
        price,
        quantity: String(ordered),
        current: String(current),
      })),
      ...(this.isCancelled && { cancelled: 'customer' }),
      address: { lines: [`${this.street} Harbour Street`] },
      with: {
        holds: this.isHeld ? [{ kind: 'fraud', note: null }] : [],
        fulfillmentOrders: this.parts.map((part, index) => this.#fulfillmentOrder(part, index)),
      },
    });
  }

  #fulfillmentOrder(part: ReadonlyMap<string, number>, index: number): Order['fulfillmentOrders'][number] {
    const last = this.parts.length - 1;
    const base = fulfillmentOrderData({ id: `5${index}`, location: `loc-${index}` });
    const lines = this.lines.map(({ id, current }) => {
      const taken =
        index === 0 ? this.parts.slice(1).reduce((sum, other) => sum + (other.get(id) ?? 0), 0) : 0;
      const quantity = decimal(
        Math.max(0, index === 0 ? current - taken : Math.min(current, part.get(id) ?? 0)),
      );
      return { id: `5${index}-${id}`, lineId: id, quantity, remaining: quantity };
    });
    const isHeld = this.isPartHeld && index === last;
    const status = this.isCancelled ? 'cancelled' : isHeld ? 'on-hold' : 'open';
    return { ...base, lines, status, holds: isHeld ? [{ reason: 'address', note: null }] : [] };
  }
}
