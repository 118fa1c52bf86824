import { randomUUID } from 'node:crypto';
import type { JsonObject } from '#canonical/json.ts';
import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import { applyEdit, type OrderChange } from './editing.ts';
import { FulfillmentOrderBook } from './fulfillment-order-book.ts';
import { chosenLines, type FulfillmentAsked, makeFulfillment, type Refused, showAs } from './fulfilling.ts';
import type { Ids, OrderInput } from './order-input.ts';
import { newOrder } from './place-order.ts';
import type {
  FulfillmentOrderRecord,
  FulfillmentRecord,
  LineRecord,
  OrderRecord,
  SubscriptionRecord,
} from './records.ts';
import { PaymentsDesk, statusOnceCancelled } from './payments-desk.ts';
import { makeRefund } from './refunding.ts';
import { bodyText, fulfillmentBody, orderBody, refundBody, transactionBody } from './rest-body.ts';
import { shopTime } from './shop-time.ts';
import { shownState } from './shown-state.ts';
import { settleTotals } from './totals.ts';
import type { WebhookSender } from './webhook-sender.ts';

export type ShopOptions = {
  readonly now: () => number;
  readonly firstId: bigint;
  /** How long after the order its fulfilment orders appear. */
  readonly routingDelayMs: number;
  readonly searchLagMs: number;
  readonly locationId: string;
};

/** The number at the end of a global id. */
export const idOf = (gid: string): string => gid.slice(gid.lastIndexOf('/') + 1);

/** The shop itself: its orders and what may happen to them, each with its effect in the journal and its webhooks. */
export class Shop {
  readonly orders = new Map<string, OrderRecord>();
  readonly book: FulfillmentOrderBook;
  readonly payments: PaymentsDesk;
  subscriptions: SubscriptionRecord[] = [];
  readonly #options: ShopOptions;
  readonly #journal: EffectJournal;
  readonly #sender: WebhookSender;
  readonly ids: Ids;
  #number = 1000;

  constructor(options: ShopOptions, journal: EffectJournal, sender: WebhookSender) {
    this.#options = options;
    this.#journal = journal;
    this.#sender = sender;
    let id = options.firstId;
    const names = new Map<string, string>();
    const gid = (type: string) => `gid://shopify/${type}/${id++}`;
    const named = (type: string, name: string) => {
      const key = `${type}/${name}`;
      const known = names.get(key) ?? gid(type);
      names.set(key, known);
      return known;
    };
    this.ids = { next: () => String(id++), gid, named };
    this.book = new FulfillmentOrderBook(this.ids, options.locationId);
    this.payments = new PaymentsDesk({
      orders: this.orders,
      ids: this.ids,
      now: options.now,
      instant: () => this.#instant(),
      changed: (type, order, data) => {
        this.#stamp(order);
        this.#note(type, order, data);
      },
      tellTransaction: (each, order, event, delayMs) =>
        sender.send('order_transactions/create', event, bodyText(transactionBody(each, order)), delayMs),
      tellOrder: (topics, order, event) => this.#tell(topics, order, event),
    });
  }

  /** A buyer orders. Webhooks: orders/create, order_transactions/create, orders/paid. */
  placeOrder(input: OrderInput): { readonly id: string; readonly name: string } {
    this.#number += 1;
    const order = newOrder(input, `#${this.#number}`, this.#instant(), this.ids);
    this.orders.set(order.id, order);
    this.#route(order, order.lineItems, this.#options.now() + this.#options.routingDelayMs);
    this.#stamp(order);
    const id = idOf(order.id);
    const total = order.totalPriceSet.presentmentMoney;
    this.#note('order.placed', order, {
      name: order.name,
      total: total.amount,
      currency: total.currencyCode,
      test: order.test,
      financial: order.displayFinancialStatus,
      terms: order.paymentTerms !== null,
    });
    const event = randomUUID();
    this.#tell(
      ['orders/create', ...(order.displayFinancialStatus === 'PAID' ? ['orders/paid'] : [])],
      order,
      event,
    );
    for (const transaction of order.transactions) {
      this.#sender.send('order_transactions/create', event, bodyText(transactionBody(transaction, order)));
    }
    return { id, name: order.name };
  }

  /** Captures an authorisation, or takes a payment that was pending; see payments-desk.ts. */
  payOrder(id: string): void {
    this.payments.pay(this.#order(id));
  }

  /** Cancels what is not fulfilled. An authorisation may be left open: not every way to cancel voids it. Webhooks: orders/cancelled, orders/updated. */
  cancelOrder(id: string, reason = 'CUSTOMER', authorization: 'voided' | 'open' = 'voided'): void {
    const order = this.#order(id);
    order.cancelledAt = this.#instant();
    order.cancelReason = reason;
    order.displayFinancialStatus = statusOnceCancelled(order, authorization);
    this.book.cancel(order);
    if (order.fulfillments.length === 0) for (const line of order.shippingLines) line.isRemoved = true;
    for (const line of order.lineItems) {
      line.currentQuantity -= line.unfulfilledQuantity;
      line.unfulfilledQuantity = 0;
    }
    settleTotals(order, 'later');
    this.#stamp(order);
    this.#note('order.cancelled', order, { reason });
    this.#tell(['orders/cancelled', 'orders/updated'], order, randomUUID());
  }

  /** Adds a line, or takes units off one. Webhooks: orders/edited (no order in it) and orders/updated. */
  editOrder(id: string, change: OrderChange): void {
    const order = this.#order(id);
    const { body, added } = applyEdit(order, change, this.book, this.ids, this.#instant());
    this.#route(order, added, this.#options.now());
    settleTotals(order, 'later');
    this.#stamp(order);
    this.#note('order.edited', order, {
      ...('add' in change ? { added: change.add.sku ?? null } : { removed: change.sku }),
      total: order.currentTotalPriceSet.presentmentMoney.amount,
    });
    const event = randomUUID();
    this.#sender.send('orders/edited', event, bodyText(body));
    this.#tell(['orders/updated'], order, event);
  }

  /** Refunds units of a line: unfulfilled ones are taken off, fulfilled ones count as returned. Webhooks: refunds/create, orders/updated. */
  refundOrder(id: string, sku: string, quantity: number, note: string | null = null): void {
    const order = this.#order(id);
    const line = order.lineItems.find((candidate) => candidate.sku === sku);
    if (!line) throw new RangeError(`order ${id} has no line with SKU ${sku}`);
    const refunded = { quantity, note, at: this.#instant(), locationId: this.#options.locationId };
    const refund = makeRefund(order, line, refunded, this.book, this.ids);
    this.#stamp(order);
    this.#note('order.refunded', order, {
      sku,
      quantity,
      amount: refund.transactions[0]?.amountSet.presentmentMoney.amount ?? null,
    });
    const event = randomUUID();
    this.#sender.send('refunds/create', event, bodyText(refundBody(refund, order)));
    for (const transaction of refund.transactions) {
      this.#sender.send('order_transactions/create', event, bodyText(transactionBody(transaction, order)));
    }
    this.#tell(['orders/updated'], order, event);
  }

  /** Webhook: orders/delete, which is the number alone. */
  deleteOrder(id: string): void {
    const order = this.#order(id);
    this.orders.delete(order.id);
    this.#journal.record('order.deleted', id, {});
    this.#sender.send('orders/delete', randomUUID(), bodyText({ id: `@number:${id}` }));
  }

  /** Puts the open fulfilment orders on hold. The webhook names the fulfilment order, not the order. */
  holdOrder(id: string, reason = 'HIGH_RISK_OF_FRAUD', note: string | null = null): void {
    this.#changeHolds(
      id,
      'OPEN',
      'ON_HOLD',
      [{ reason, reasonNotes: note }],
      'fulfillment_orders/placed_on_hold',
    );
  }

  releaseOrder(id: string): void {
    this.#changeHolds(id, 'ON_HOLD', 'OPEN', [], 'fulfillment_orders/hold_released');
  }

  /** What the carrier says of a fulfilment, e.g. DELIVERED; false where there is none. Webhook: fulfillments/update. */
  trackFulfillment(id: string, status: string): boolean {
    for (const order of this.orders.values()) {
      const record = order.fulfillments.find((candidate) => idOf(candidate.id) === id);
      if (!record) continue;
      showAs(record, status, this.#instant());
      this.#stamp(order);
      this.#journal.record('fulfillment.tracked', `${idOf(order.id)}/${id}`, { status });
      this.#sender.send('fulfillments/update', randomUUID(), bodyText(fulfillmentBody(record, order)));
      return true;
    }
    return false;
  }

  /** fulfillmentCreate. Webhooks: fulfillments/create, orders/updated and orders/fulfilled or orders/partially_fulfilled. */
  fulfill(asked: FulfillmentAsked): FulfillmentRecord | Refused {
    const nowMs = this.#options.now();
    const chosen = chosenLines(asked, this.book, nowMs);
    if ('refused' in chosen) return chosen;
    const [{ order }] = chosen;
    const record = makeFulfillment(chosen, asked.trackingInfo, this.book, this.ids, nowMs);
    const left = order.lineItems.some(({ unfulfilledQuantity }) => unfulfilledQuantity > 0);
    order.displayFulfillmentStatus = left ? 'PARTIALLY_FULFILLED' : 'FULFILLED';
    this.#stamp(order);
    const marker = record.trackingInfo.map(({ number }) => number).join('+') || '-';
    const lines = record.fulfillmentLineItems.map(({ quantity, lineItem }) => ({
      sku: lineItem.sku,
      quantity,
    }));
    this.#journal.record('fulfillment.created', `${idOf(order.id)}/${marker}`, {
      fulfillment: idOf(record.id),
      lines,
      state: shownState(order),
    });
    const event = randomUUID();
    this.#sender.send('fulfillments/create', event, bodyText(fulfillmentBody(record, order)));
    this.#tell(['orders/updated', left ? 'orders/partially_fulfilled' : 'orders/fulfilled'], order, event);
    return record;
  }

  subscribe(topic: string, uri: string): SubscriptionRecord | null {
    if (this.subscriptions.some((known) => known.topic === topic && known.uri === uri)) return null;
    const record: SubscriptionRecord = {
      id: this.ids.gid('WebhookSubscription'),
      topic,
      uri,
      format: 'JSON',
    };
    this.subscriptions.push(record);
    this.#journal.record('subscription.created', topic, { uri });
    return record;
  }

  unsubscribe(id: string): void {
    const gone = this.subscriptions.find((known) => known.id === id);
    if (!gone) return;
    this.subscriptions = this.subscriptions.filter((known) => known !== gone);
    this.#journal.record('subscription.deleted', gone.topic, { uri: gone.uri });
  }

  #changeHolds(
    id: string,
    from: FulfillmentOrderRecord['status'],
    to: FulfillmentOrderRecord['status'],
    holds: FulfillmentOrderRecord['fulfillmentHolds'],
    topic: string,
  ): void {
    const order = this.#order(id);
    for (const record of order.fulfillmentOrders.filter(({ status }) => status === from)) {
      this.book.setStatus(record, to);
      record.fulfillmentHolds = holds;
      this.#sender.send(
        topic,
        randomUUID(),
        bodyText({ fulfillment_order: { id: record.id, status: to.toLowerCase() } }),
      );
    }
    this.#stamp(order);
  }

  #route(order: OrderRecord, lines: readonly LineRecord[], visibleFromMs: number): void {
    const record = this.book.route(order, lines, visibleFromMs);
    if (record === null) return;
    const body = bodyText({ fulfillment_order: { id: record.id, status: 'open' } });
    this.#sender.send('fulfillment_orders/order_routing_complete', randomUUID(), body);
  }

  #order(id: string): OrderRecord {
    const order = this.orders.get(`gid://shopify/Order/${id}`);
    if (!order) throw new RangeError(`the shop has no order ${id}`);
    return order;
  }

  #tell(topics: readonly string[], order: OrderRecord, event: string): void {
    const body = bodyText(orderBody(order));
    for (const topic of topics) this.#sender.send(topic, event, body);
  }

  #note(type: string, order: OrderRecord, data: JsonObject): void {
    this.#journal.record(type, idOf(order.id), { ...data, state: shownState(order) });
  }

  #instant(): string {
    return shopTime(this.#options.now());
  }

  #stamp(order: OrderRecord): void {
    order.updatedAt = this.#instant();
    order.indexedFromMs = this.#options.now() + this.#options.searchLagMs;
  }
}
