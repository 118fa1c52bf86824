import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account, Delivery, Effect, Message, NemesisEvent, Parked } from '../evidence/records.ts';

/** What an order's evidence is made of, when all went well. */
type OrderPlan = {
  readonly id: string;
  readonly total?: string;
  readonly currency?: string;
  readonly isTest?: boolean;
};

type System = 'shop' | 'erp' | 'crm';
const beganMs = Date.parse('2026-01-05T08:00:00.000Z');

/** One retailer's evidence in the making: lines that tests add to, change and take away. */
export class PlantedRetailer {
  readonly name: string;
  readonly shop: string;
  readonly effects: Record<System, Effect[]> = { shop: [], erp: [], crm: [] };
  deliveries: Delivery[] = [];
  messages: Message[] = [];
  parked: Parked[] = [];
  account: Partial<Account> = {};
  #sales = 0;
  #nowMs = beganMs;

  constructor(name: string, shop: string) {
    this.name = name;
    this.shop = shop;
    this.effect('shop', 'subscription.created', 'ORDERS_CREATE', {
      uri: `http://127.0.0.1:1/webhooks/${name}/${shop}`,
    });
  }

  at(): string {
    this.#nowMs += 100;
    return new Date(this.#nowMs).toISOString();
  }

  key = (id: string): string => `order:${this.shop}:${id}`;

  effect(system: System, type: string, key: string, data: Record<string, unknown>): void {
    const journal = this.effects[system];
    journal.push({ seq: journal.length + 1, at: this.at(), type, key, data });
  }

  /** The shop's step, with how the order stands after it. */
  step(type: string, id: string, state: Record<string, unknown>, more: Record<string, unknown> = {}): void {
    const whole = { currency: 'USD', financial: 'PAID', cancelled: false, ...state };
    this.effect('shop', type, id, { ...more, state: whole });
  }

  place({ id, total = '10.00', currency = 'USD', isTest = false }: OrderPlan): void {
    this.step('order.placed', id, { total, currency }, { name: `#${id}`, test: isTest, terms: false });
    this.deliver({ subject: id });
  }

  /** A delivery that is answered 200 and is a message, unless said otherwise. */
  deliver(change: Partial<Delivery> = {}, became: Partial<Message> | null = {}): void {
    const id = String(this.deliveries.length + 1);
    const delivery: Delivery = {
      at: this.at(),
      retailer: this.name,
      connection: this.shop,
      topic: 'orders/create',
      deliveryId: `d${id}`,
      eventId: `${this.name} e${id}`,
      subject: null,
      attempt: 1,
      kind: 'genuine',
      status: 200,
      error: null,
      bodySha256: createHash('sha256').update(id).digest('hex'),
      ...change,
    };
    this.deliveries.push(delivery);
    if (became === null) return;
    this.messages.push({
      messageId: this.messages.length + 1,
      receivedAt: delivery.at,
      connection: delivery.connection,
      topic: delivery.topic,
      sourceEventId: delivery.eventId,
      bodySha256: delivery.bodySha256,
      via: 'webhook',
      entity: delivery.subject === null ? null : this.key(delivery.subject),
      fate: 'applied',
      reason: null,
      by: 'event 1',
      ...became,
    });
  }

  sale(id: string, total = '10.00', currency = 'USD'): number {
    this.#sales += 1;
    const money = { total: { decimal: total }, currency };
    this.effect('erp', 'sale.created', this.key(id), { sale: this.#sales, ...money });
    this.effect('erp', 'sale.processed', this.key(id), { sale: this.#sales, ...money });
    return this.#sales;
  }

  ship(id: string, sale: number, tracking: string, quantity = 1): void {
    const lines = [{ product: 'A', quantity }];
    const data = { shipment: sale, sale, number: String(sale), tracking: [tracking], lines };
    this.effect('erp', 'shipment.done', this.key(id), data);
  }

  fulfil(id: string, mark: string, quantity = 1): void {
    this.effect('shop', 'fulfillment.created', `${id}/${mark}`, {
      fulfillment: '1',
      lines: [{ sku: 'A', quantity }],
    });
  }

  /** A record of the CRM with one product that carries the whole total. */
  record(id: string, total = '10.00', currency = 'USD', status = 'captured'): void {
    this.show(id, { status, total, currency }, 'order.created');
    const item = { id: `${this.name} ${id}`, order: this.key(id), quantity: 1, unitPrice: Number(total) };
    this.effect('crm', 'orderitem.created', `${this.key(id)}/line:1`, item);
  }

  show(
    id: string,
    {
      status = 'released',
      total = '10.00',
      currency = 'USD',
      payment = 'paid',
      cancelled = false,
    }: {
      readonly status?: string;
      readonly total?: string;
      readonly currency?: string;
      readonly payment?: string;
      readonly cancelled?: boolean;
    },
    type = 'order.updated',
  ): void {
    this.effect('crm', type, this.key(id), {
      id: `${this.name} record ${id}`,
      currency,
      custom: {
        Status__c: status,
        Grand_Total__c: Number(total),
        Payment_State__c: payment,
        Cancelled_At__c: cancelled ? '2026-01-05T08:00:00Z' : null,
      },
    });
  }

  park(change: Partial<Parked>): void {
    this.parked.push({
      id: this.parked.length + 1,
      kind: 'exception',
      entity: null,
      key: 'x',
      connection: null,
      name: null,
      cause: 'rejected-by-platform',
      detail: 'for the test',
      openedAt: this.at(),
      ...change,
    });
  }

  /** An order that went all the way. */
  deliverWhole(plan: OrderPlan): void {
    const { id, total = '10.00', currency = 'USD' } = plan;
    this.place(plan);
    const sale = this.sale(id, total, currency);
    this.record(id, total, currency);
    this.ship(id, sale, `T${id}`);
    this.fulfil(id, `T${id}`);
    this.show(id, { status: 'shipped', total, currency });
  }

  tally(): Account {
    const count = (fate: string): number => this.messages.filter((message) => message.fate === fate).length;
    return {
      received: this.messages.length,
      applied: count('applied'),
      superseded: count('superseded'),
      rejected: count('rejected'),
      parked: count('parked'),
      discarded: count('discarded'),
      inFlight: count('in-flight'),
      ...this.account,
    };
  }
}

/** A whole run in the making: two retailers with an order each, faults, and a clean end. */
export class PlantedRun {
  readonly north = new PlantedRetailer('north', 'shop-us');
  readonly harbour = new PlantedRetailer('harbour', 'shop-uk');
  schedule: Record<string, unknown> = { seed: 7, minutes: 1, faults: [] };
  nemesis: Partial<NemesisEvent>[] = [];
  liveness: unknown = { inFlightZeroAfterMs: 4_000, recoveries: [] };
  counts: Record<string, number> = {};
  logs: Record<string, readonly object[]> = {};
  /** Files that the run did not come to write. */
  without: string[] = [];

  constructor() {
    this.north.deliverWhole({ id: '101' });
    this.harbour.deliverWhole({ id: '901', total: '20.00', currency: 'GBP' });
  }

  /** Writes it to a folder, lets `look` look at it, and takes it away. */
  async look<T>(look: (directory: string) => Promise<T>): Promise<T> {
    const directory = mkdtempSync(join(tmpdir(), 'planted-run-'));
    try {
      for (const folder of ['journals', 'history', 'product']) mkdirSync(join(directory, folder));
      const write = (name: string, text: string): void => {
        if (!this.without.includes(name)) writeFileSync(join(directory, name), text);
      };
      const lines = (values: readonly unknown[]): string =>
        values.map((value) => `${JSON.stringify(value)}\n`).join('');
      write('schedule.json', JSON.stringify(this.schedule, null, 2));
      write('history/nemesis.jsonl', lines(this.nemesis));
      write('history/liveness.json', JSON.stringify(this.liveness));
      write(
        'history/deliveries.jsonl',
        lines([this.north, this.harbour].flatMap(({ deliveries }) => deliveries)),
      );
      const at = new Date(beganMs).toISOString();
      write(
        'journals/traffic.ndjson',
        lines([{ seq: 1, at, type: 'faults.counted', key: '-', data: this.counts }]),
      );
      for (const retailer of [this.north, this.harbour]) {
        const { name, effects, messages, parked } = retailer;
        for (const system of ['shop', 'erp', 'crm'] as const)
          write(`journals/${name}.${system}.ndjson`, lines(effects[system]));
        const list = messages.map((message) => JSON.stringify(message)).join(',\n');
        write(`product/messages-${name}.json`, `[\n${list}\n]\n`);
        write(`product/parked-${name}.json`, JSON.stringify(parked));
        write(`product/account-${name}.json`, JSON.stringify(retailer.tally()));
      }
      for (const [process, said] of Object.entries(this.logs)) write(`product/${process}.log`, lines(said));
      return await look(directory);
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
}
