import { setTimeout as sleep } from 'node:timers/promises';
import { checkCrm } from './check-crm.ts';
import { checkErp, saleStates } from './check-erp.ts';
import { checkShop } from './check-shop.ts';
import type { CuttingProxy } from './cutting-proxy.ts';
import { Comparison, type Difference } from './difference.ts';
import type { Case } from './orders.ts';
import { isShipped, type PlacedOrder, shipmentsOf } from './placed-order.ts';
import type { Product } from './product.ts';
import type { Tryton } from './rpc.ts';
import { postInvoices, ship } from './warehouse.ts';

/** What the proof came to. Counts are of records; `lost` and `duplicated` over all three systems. */
export type Result = {
  readonly orders: number;
  readonly erp: number;
  readonly crm: number;
  readonly fulfilled: number;
  readonly cancelled: number;
  /** Answers of Tryton that were thrown away. */
  readonly cuts: number;
  /** Deliveries of webhooks beyond the first. */
  readonly duplicates: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly differences: readonly Difference[];
};

const lateCopies = 2;
/** More than a poller's overlap and its interval. */
const quietMs = 13_000;

/** Lives through the orders at a running product: the shop's side, the warehouse's side in Tryton, and the mishaps between. */
export class Drive {
  readonly #product: Product;
  readonly #proxy: CuttingProxy;
  readonly #tryton: Tryton;
  readonly #say: (text: string) => void;
  readonly #orders: PlacedOrder[] = [];
  #cutsWanted = 0;
  #lateDuplicates = 0;

  /** `tryton` is a session past the proxy. */
  constructor(product: Product, proxy: CuttingProxy, tryton: Tryton, say: (text: string) => void) {
    this.#product = product;
    this.#proxy = proxy;
    this.#tryton = tryton;
    this.#say = say;
  }

  /** @throws Error when `signal` ends the waiting, naming what it waited for. */
  async run(cases: readonly Case[], signal: AbortSignal): Promise<void> {
    const { shop } = this.#product.shop.platform;
    const until = (what: string, differs: () => Promise<readonly unknown[]>): Promise<void> =>
      this.#until(what, differs, signal);
    await until('the webhook subscriptions', async () => (shop.subscriptions.length > 5 ? [] : ['too few']));

    this.#say('an order is cancelled while the ERP is away');
    this.#proxy.setAway(true);
    const early = cases.filter(({ fate }) => fate === 'cancelled-before').map((one) => this.#place(one));
    const statusesOf = (orders: readonly PlacedOrder[]): unknown[] =>
      orders.map(
        ({ reference }) => this.#product.crm.platform.find('Order', reference)?.['Shop_Status__c'] ?? null,
      );
    const refusedBefore = this.#proxy.refused();
    await until('the CRM to show the order', async () =>
      statusesOf(early).filter((status) => status === null),
    );
    await until('the ERP to be called in vain', async () =>
      this.#proxy.refused() > refusedBefore ? [] : ['not called'],
    );
    for (const { id } of early) shop.cancelOrder(id);
    await until('the CRM to show it cancelled', async () =>
      statusesOf(early).filter((status) => status !== 'cancelled'),
    );
    this.#proxy.setAway(false);

    this.#say('the others are placed');
    const others = cases.filter(({ fate }) => fate !== 'cancelled-before').map((one) => this.#place(one));
    const waiting = new Set(others);
    await until('the ERP to process every order', async () => {
      for (const { id, reference, state } of await saleStates(this.#tryton)) {
        const order = others.find((other) => other.reference === reference);
        if (order === undefined || state !== 'processing' || !waiting.delete(order)) continue;
        this.#say(`${order.number} ${order.name}: sale ${id}`);
        await this.#meetFate(order, id);
      }
      return [...waiting].map(({ name }) => name);
    });
    this.#say('the rest comes back');
    await until('every system to agree', () => this.#differences());

    this.#say('the first webhooks come once more');
    for (const { body } of this.#orders) {
      await this.#product.deliver('orders/create', body, lateCopies);
      this.#lateDuplicates += lateCopies;
    }
    await until('the late webhooks to be tallied', () => this.#differences());
    // What they might yet bring about would come by now: the pollers have read everything once more.
    await sleep(quietMs);
  }

  /** What all systems say now. */
  async result(): Promise<Result> {
    const { product, erp, shop, crm } = await this.#check();
    const all = [product, erp, shop, crm];
    const { counts } = this.#product.shop.platform.webhooks;
    const sum = (of: (one: (typeof all)[number]) => number): number =>
      all.reduce((total, one) => total + of(one), 0);
    const sales = [...erp.sales.values()].flat();
    return {
      orders: this.#orders.length,
      erp: sales.length,
      crm: crm.orders,
      fulfilled: shop.fulfilled,
      // Without a sale there is nothing left to cancel.
      cancelled: this.#orders.filter(
        (order) =>
          order.fate.startsWith('cancelled') &&
          (erp.sales.get(order.reference) ?? []).every(
            ({ state }) => state === 'done' || state === 'cancelled',
          ),
      ).length,
      cuts: this.#proxy.cut(),
      duplicates: counts.duplicated + this.#lateDuplicates,
      lost: sum(({ lost }) => lost),
      duplicated: sum(({ duplicated }) => duplicated),
      differences: all.flatMap(({ differences }) => differences),
    };
  }

  #place(one: Case): PlacedOrder {
    const { shop } = this.#product.shop.platform;
    const { id, name: number } = shop.placeOrder(one.input);
    const record = shop.orders.get(`gid://shopify/Order/${id}`);
    if (record === undefined) throw new Error(`the shop lost ${number}`);
    const { amount, currencyCode } = record.totalPriceSet.presentmentMoney;
    const order: PlacedOrder = {
      ...one,
      id,
      number,
      reference: `order:${this.#product.shopConnection}:${id}`,
      total: amount,
      currency: currencyCode,
      tracking: Array.from(
        { length: shipmentsOf(one.fate) },
        (_, part) => `1Z${number.slice(1)}${'AB'[part] ?? part}`,
      ),
      body: this.#product.bodyOf(id),
    };
    this.#orders.push(order);
    // Nothing of the order can have reached Tryton yet: it is told in a later turn of the event loop.
    for (const { method, of } of one.lost)
      this.#proxy.cutNext(`"${method}"`, ...(of === 'this' ? [`"${order.reference}"`] : []));
    this.#cutsWanted += one.lost.length;
    return order;
  }

  /** What people do once the ERP has the order, while it takes the others. */
  async #meetFate(order: PlacedOrder, sale: number): Promise<void> {
    const { shop } = this.#product.shop.platform;
    if (order.capturedLater) shop.payOrder(order.id);
    if (order.fate === 'cancelled-after') shop.cancelOrder(order.id);
    if (!isShipped(order)) return;
    await ship(this.#tryton, sale, order.tracking);
    await postInvoices(this.#tryton, sale);
  }

  async #check() {
    const erp = await checkErp(this.#tryton, this.#orders);
    const product = new Comparison('product');
    const [status, parked] = await Promise.all([this.#product.status(), this.#product.parked()]);
    product.equal('the journal', 'messages not tallied', 0, status.inFlight);
    product.equal('the journal', 'messages rejected', 0, status.rejected);
    product.equal('the journal', 'lanes with work', 0, status.lanes);
    product.equal(
      'the journal',
      'parked',
      [],
      parked.map(({ entity, cause, detail }) => `${entity ?? '-'} ${cause}: ${detail}`),
    );
    product.equal('the proxy', 'answers lost', this.#cutsWanted, this.#proxy.cut());
    return {
      erp,
      product,
      shop: checkShop(this.#product.shop, this.#orders),
      crm: checkCrm(this.#product.crm, this.#orders, erp.sales),
    };
  }

  async #differences(): Promise<readonly Difference[]> {
    return Object.values(await this.#check()).flatMap(({ differences }) => differences);
  }

  async #until(what: string, differs: () => Promise<readonly unknown[]>, signal: AbortSignal): Promise<void> {
    for (let left = await differs(); left.length > 0; left = await differs()) {
      if (signal.aborted)
        throw new Error(`waited in vain for ${what}: ${JSON.stringify(left).slice(0, 2_000)}`);
      await sleep(2_000);
    }
  }
}
