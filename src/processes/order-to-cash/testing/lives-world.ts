import type { CommandPayload } from '#canonical/command.ts';
import type { CanonicalEvent } from '#canonical/event.ts';
import { shipmentObserved } from '#tests/builders/event-builder.ts';
import type { CommandIntent, CommandResult } from '../../process.ts';
import { LifeErp, type ErpSkill } from './lives-erp.ts';
import { type LifeCurrency, LifeShop } from './lives-shop.ts';
import { OrderRun, testRules } from './order-run.ts';

type Waiting = { readonly command: CommandIntent; result: CommandResult | null };

export type LifeSetup = {
  readonly money: LifeCurrency;
  readonly quantities: readonly number[];
  readonly isPaid: boolean;
  readonly skill: ErpSkill;
  readonly seed: number;
};

/**
 * One order's life: what is true at the storefront, in the ERP and in the CRM, and the real process between them. Messages and commands
 * wait until something lets them happen, in an order that the seed chooses; some messages come twice.
 */
export class LivesWorld {
  readonly shop: LifeShop;
  readonly erp: LifeErp;
  crm: CommandPayload<'crm.order.upsert'> | null = null;
  readonly run: OrderRun;
  readonly faults: string[] = [];
  readonly #inbox: CanonicalEvent[] = [];
  readonly #slots = new Map<string, Waiting[]>();
  #random: number;
  #handled = 0;
  #echoes = 0;

  constructor({ money, quantities, isPaid, skill, seed }: LifeSetup) {
    this.shop = new LifeShop(money, quantities, isPaid);
    this.erp = new LifeErp(skill, money.currency);
    this.#random = seed >>> 0;
    const erp = skill === 'nothing' ? [] : ['erp.order.amend'];
    const can = { shop: ['storefront.fulfillment.update'], erp };
    this.run = new OrderRun(
      testRules({ can, fulfillment: { tellDeliveries: true }, close: { invoiceToleranceMinor: 0 } }),
      16,
    );
    this.hear(this.shop.observed());
  }

  /** A message that is on its way from now on. */
  hear(event: CanonicalEvent | null): void {
    if (event !== null) this.#inbox.push(event, ...(this.#pick(5) === 0 ? [event] : []));
  }

  /** Lets so many things happen that are waiting; all of them when it says so. */
  happen(count: number): void {
    for (let step = 0; step < count; step += 1) {
      const waiting = [...this.#slots.values()].filter((queue) => queue.length > 0);
      if (this.#inbox.length + waiting.length === 0) return;
      const choice = this.#pick(this.#inbox.length + waiting.length);
      if (choice < this.#inbox.length) {
        const [event] = this.#inbox.splice(choice, 1);
        if (event !== undefined) this.#step((run) => run.event(event));
      } else this.#advance(waiting[choice - this.#inbox.length]?.[0]?.command.slot ?? '');
    }
  }

  /** Everything that waits happens, the ERP is polled, until nothing follows any more. */
  rest(): void {
    for (let round = 0; round < 4; round += 1) {
      this.happen(1000);
      if (this.erp.lines !== null) this.hear(this.erp.observed());
    }
    this.happen(1000);
    if (this.#inbox.length > 0 || [...this.#slots.values()].some((queue) => queue.length > 0))
      this.faults.push('does not come to rest');
  }

  #pick(below: number): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#random / 2 ** 32) * below);
  }

  /** Sends the first command of a slot or, when it is sent already, hands over its result. */
  #advance(slot: string): void {
    const queue = this.#slots.get(slot) ?? [];
    const [first] = queue;
    if (first === undefined) return;
    if (first.result === null) {
      first.result = this.#effect(first.command);
      return;
    }
    queue.shift();
    const { result } = first;
    this.#step((run) => run.result(slot, result));
  }

  #effect({ name, payload }: CommandIntent): CommandResult {
    const done: CommandResult = { kind: 'done', result: {}, refs: [] };
    switch (name) {
      case 'storefront.order.read':
        this.hear(this.shop.read());
        return done;
      case 'storefront.fulfillment.create': {
        const { id } = payload.shipment.ref;
        const told = this.shop.fulfilments.get(id) ?? { times: 0, status: '' };
        told.times += 1;
        told.status = payload.shipment.status;
        this.shop.fulfilments.set(id, told);
        this.#echo(id, payload.shipment.lines, told.status);
        return { ...done, refs: [{ connection: 'shop', type: 'Fulfillment', id: `f-${id}` }] };
      }
      case 'storefront.fulfillment.update': {
        const told = this.shop.fulfilments.get(payload.shipment.ref.id);
        if (told === undefined) this.faults.push('a state of a shipment that the shop does not know');
        else told.status = payload.shipment.status;
        return done;
      }
      case 'erp.order.create':
        if (this.erp.lines !== null) this.faults.push('a second ERP order');
        return this.erp.create(payload);
      case 'erp.order.amend':
        return this.erp.amend(payload);
      case 'erp.order.cancel':
        return this.erp.cancel();
      case 'crm.order.upsert':
        this.crm = payload;
        return { ...done, refs: [{ connection: 'crm', type: 'Order', id: '801' }] };
      default:
        return { kind: 'rejected', code: 'unexpected', detail: `nobody expects ${name} in these lives` };
    }
  }

  /** The shop shows what it was told. */
  #echo(
    id: string,
    lines: CommandPayload<'storefront.fulfillment.create'>['shipment']['lines'],
    status: string,
  ): void {
    this.#echoes += 1;
    const second = new Date(Date.parse('2026-11-25T12:00:00.000Z') + this.#echoes * 1000).toISOString();
    const own = lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }));
    const shown = status === 'delivered' ? ('delivered' as const) : ('shipped' as const);
    this.hear(shipmentObserved({ id: `f-${id}`, connection: 'shop', status: shown, lines: own, at: second }));
  }

  #step(act: (run: OrderRun) => void): void {
    act(this.run);
    for (const slot of this.run.last?.withdraw ?? []) {
      const last = this.#slots.get(slot)?.at(-1);
      if (last !== undefined && last.result === null) last.result = { kind: 'withdrawn' };
    }
    const commands = this.run.commands.slice(this.#handled);
    this.#handled = this.run.commands.length;
    for (const command of commands) this.#put(command);
  }

  /** Of two commands in one slot the newer replaces the older while that is unsent. */
  #put(command: CommandIntent): void {
    const queue = this.#slots.get(command.slot) ?? [];
    if (queue.at(-1)?.result === null) queue.pop();
    this.#slots.set(command.slot, [...queue, { command, result: null }]);
  }
}
