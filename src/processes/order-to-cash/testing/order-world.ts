import type { CommandName } from '#canonical/command.ts';
import type { CanonicalEvent } from '#canonical/event.ts';
import { orderObserved, shipmentObserved } from '#tests/builders/event-builder.ts';
import type { CommandIntent, CommandResult } from '../../process.ts';
import { type OrderLife, refusedPostalCode } from './order-life.ts';
import { OrderRun, testRules } from './order-run.ts';

type Waiting = { readonly command: CommandIntent; result: CommandResult | null };

/** A small generator of repeatable choices. */
function choices(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * One run of a life through an engine and platforms of its own: messages arrive in any order, twice, or (where a later one tells
 * more) not at all; commands are sent, replaced and answered whenever it pleases the seed.
 */
export class OrderWorld {
  readonly run = new OrderRun(testRules(), 10);
  readonly life: OrderLife;
  /** What took effect, by platform. */
  readonly effects: string[] = [];
  readonly faults: string[] = [];
  readonly #pick: (below: number) => number;
  readonly #inbox: CanonicalEvent[] = [];
  readonly #slots = new Map<string, Waiting[]>();
  #arrived: readonly CanonicalEvent[] = [];
  #handled = 0;

  constructor(life: OrderLife, seed: number) {
    this.life = life;
    this.#pick = choices(seed);
    for (const { event, dispensable } of life.events) {
      if (dispensable && this.#pick(5) === 0) continue;
      this.#inbox.push(event, ...(this.#pick(4) === 0 ? [event] : []));
    }
  }

  /** Runs until nothing is left to happen. */
  toTheEnd(): this {
    for (let step = 0; step < 2000; step += 1) {
      const waiting = [...this.#slots].filter(([, queue]) => queue.length > 0);
      if (this.#inbox.length === 0 && waiting.length === 0) return this;
      const choice = this.#pick(this.#inbox.length + waiting.length);
      if (choice < this.#inbox.length) this.#deliver(this.#inbox.splice(choice, 1));
      else this.#advance(waiting[choice - this.#inbox.length]?.[0] ?? '');
    }
    this.faults.push('does not come to rest');
    return this;
  }

  /** All that arrived once more, when all is said and done. */
  repeatEverything(): readonly CommandName[] {
    const before = this.run.commands.length;
    for (const event of this.#arrived) this.#step((run) => run.event(event));
    return this.run.commands.slice(before).map(({ name }) => name);
  }

  #deliver(events: readonly CanonicalEvent[]): void {
    this.#arrived = [...this.#arrived, ...events];
    this.#step((run) => run.event(...events));
  }

  /** Sends the first command of a slot or, when it is sent already, hands over its result. */
  #advance(slot: string): void {
    const queue = this.#slots.get(slot) ?? [];
    const first = queue[0];
    if (first === undefined) return;
    if (first.result === null) {
      first.result = this.#effect(first.command);
      // It may stand still for a while before it is done.
      if (this.#pick(6) === 0)
        this.#step((run) =>
          run.result(slot, { kind: 'parked', cause: 'outcome-unknown', detail: 'no answer' }),
        );
      return;
    }
    queue.shift();
    const { result } = first;
    this.#step((run) => run.result(slot, result));
  }

  #effect({ name, payload }: CommandIntent): CommandResult {
    switch (name) {
      case 'storefront.order.read': {
        const shown = this.life.snapshots.at(-1);
        if (shown !== undefined) this.#inbox.push(orderObserved(shown));
        return { kind: 'done', result: {}, refs: [] };
      }
      case 'storefront.fulfillment.create': {
        const id = `f-${payload.shipment.ref.id}`;
        this.effects.push(`told ${payload.shipment.ref.id}`);
        const lines = payload.shipment.lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }));
        this.#inbox.push(shipmentObserved({ id, connection: 'shop', lines, at: '2026-11-25T12:00:00.000Z' }));
        return { kind: 'done', result: {}, refs: [{ connection: 'shop', type: 'Fulfillment', id }] };
      }
      case 'storefront.payment.capture':
      case 'storefront.payment.void':
        this.effects.push(name);
        return { kind: 'done', result: {}, refs: [] };
      case 'erp.order.create':
        if (payload.order.shipTo.address?.postalCode === refusedPostalCode) {
          return { kind: 'rejected', code: 'address', detail: 'no such place' };
        }
        this.effects.push('ERP order');
        return {
          kind: 'done',
          result: { number: 'SO-42' },
          refs: [{ connection: 'erp', type: 'SalesOrder', id: '42' }],
        };
      case 'storefront.fulfillment.update':
      case 'customer.identify':
        return { kind: 'done', result: {}, refs: [] };
      case 'erp.order.amend':
        this.effects.push('ERP amended');
        return { kind: 'done', result: {}, refs: [] };
      case 'erp.order.cancel':
        this.effects.push('ERP cancelled');
        return this.life.tooLate
          ? { kind: 'rejected', code: 'too-late', detail: 'picked' }
          : { kind: 'done', result: {}, refs: [] };
      case 'crm.order.upsert':
        return { kind: 'done', result: {}, refs: [{ connection: 'crm', type: 'Order', id: '801' }] };
    }
  }

  #step(act: (run: OrderRun) => void): void {
    act(this.run);
    for (const slot of this.run.last?.withdraw ?? []) this.#withdraw(slot);
    const commands = this.run.commands.slice(this.#handled);
    this.#handled = this.run.commands.length;
    for (const command of commands) this.#put(command);
  }

  /** Of two commands in one slot the newer replaces the older while that is unsent; whether that is reported is left open. */
  #put(command: CommandIntent): void {
    const queue = this.#slots.get(command.slot) ?? [];
    if (command.name === 'erp.order.create' && queue.length > 0)
      this.faults.push('a second ERP order under way');
    if (command.name === 'erp.order.create' && command.payload.order.cancelled !== null)
      this.faults.push('a cancelled order sent to the ERP');
    const last = queue.at(-1);
    if (last !== undefined && last.result === null) {
      queue.pop();
      if (this.#pick(2) === 0) this.#step((run) => run.result(command.slot, { kind: 'withdrawn' }));
    }
    this.#slots.set(command.slot, [...queue, { command, result: null }]);
  }

  #withdraw(slot: string): void {
    const queue = this.#slots.get(slot) ?? [];
    const last = queue.at(-1);
    if (last !== undefined && last.result === null) last.result = { kind: 'withdrawn' };
  }
}
