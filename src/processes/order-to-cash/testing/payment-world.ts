import type { CanonicalEvent } from '#canonical/event.ts';
import type { Order } from '#canonical/order.ts';
import type { PaymentState, PaymentTransaction } from '#canonical/payment.ts';
import {
  orderObserved,
  paymentObserved,
  shipmentObserved,
  transactionData,
  type TransactionSpec,
} from '#tests/builders/event-builder.ts';
import { buildOrder, type LineSpec } from '#tests/builders/order-builder.ts';
import type { CommandIntent, CommandResult } from '../../process.ts';
import { OrderRun, testRules } from './order-run.ts';

/** What befalls an order and its payment, in the order in which it really happens; how many pieces, at 10.00 each, in two lines. */
export type PaymentLife = {
  readonly pieces: readonly [number, number];
  readonly authorizedMinor: readonly number[];
  readonly multiCapture: boolean;
  /** Whether the webhook says it, too. */
  readonly isSaid: boolean;
  readonly steps: readonly ('cheaper' | 'cancel' | 'ship first' | 'ship second')[];
  readonly payments: { readonly capture: string; readonly singleCapture: string };
  /** Captures that the gateway declines at first. */
  readonly declines: number;
};

/** A small generator of repeatable choices. */
function choices(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * A storefront with its gateway, an ERP, and the process between them. Messages come in any order, twice or not at all, answers when it pleases the
 * seed; what the storefront shows in the end always arrives.
 */
export class PaymentWorld {
  readonly run: OrderRun;
  readonly faults: string[] = [];
  readonly transactions: PaymentTransaction[] = [];
  readonly #life: PaymentLife;
  readonly #pick: (below: number) => number;
  #inbox: CanonicalEvent[] = [];
  #waiting: { readonly command: CommandIntent; answer: (() => void) | null }[] = [];
  #steps: PaymentLife['steps'];
  #lines: readonly LineSpec[];
  #isCancelled = false;
  #shippedLines: readonly number[] = [];
  #minute = 0;
  #handled = 0;
  #isInErp = false;
  #declines: number;

  constructor(life: PaymentLife, seed: number) {
    this.#life = life;
    this.#pick = choices(seed);
    this.#steps = life.steps;
    this.#declines = life.declines;
    this.#lines = life.pieces.map((pieces) => ({ quantity: String(pieces) }));
    this.run = new OrderRun(testRules({ crm: null, payments: life.payments }), 5);
    for (const [index, amountMinor] of life.authorizedMinor.entries())
      this.#move({ id: `a${index}`, kind: 'authorization', amountMinor, multiCapture: life.multiCapture });
    this.#tell();
  }

  capturedMinor(authorization?: string): number {
    return this.transactions
      .filter(
        ({ kind, parentId, status }) =>
          kind === 'capture' && status === 'succeeded' && (authorization ?? parentId) === parentId,
      )
      .reduce((sum, { amount }) => sum + amount.presentment.amountMinor, 0);
  }

  get isVoid(): boolean {
    return this.transactions.some(({ kind }) => kind === 'void');
  }

  toTheEnd(): this {
    // What the storefront shows in the end is read, until that leads to nothing new.
    for (let before = ''; before !== this.#progress;) {
      before = this.#progress;
      this.#comeToRest();
      this.#step((run) => run.readAnswer(orderObserved(this.#order(true))));
      if (this.run.causes.includes('capture-refused')) this.#step((run) => run.operator('retry'));
    }
    return this;
  }

  get #progress(): string {
    return `${this.run.commands.length} commands, ${this.#steps.length} steps to go`;
  }

  #comeToRest(): void {
    for (let turn = 0; turn < 500; turn += 1) {
      const next = this.#inbox.length + this.#waiting.length + (this.#mayStep ? 1 : 0);
      if (next === 0) return;
      this.#one(this.#pick(next));
    }
    throw new Error('does not come to rest');
  }

  /** Goods leave once the ERP has the order. */
  get #mayStep(): boolean {
    const [step] = this.#steps;
    return step !== undefined && (this.#isInErp || !step.startsWith('ship'));
  }

  #one(choice: number): void {
    const [event] = choice < this.#inbox.length ? this.#inbox.splice(choice, 1) : [];
    if (event !== undefined) return this.#step((run) => run.event(event));
    if (choice < this.#inbox.length + this.#waiting.length) return this.#advance(choice - this.#inbox.length);
    const [step, ...others] = this.#steps;
    this.#steps = others;
    if (step === 'cheaper')
      this.#lines = this.#lines.map((line, index) => (index === 1 ? { ...line, current: '1' } : line));
    if (step === 'cancel') this.#isCancelled = true;
    if (step === 'ship first' || step === 'ship second') this.#ship(step === 'ship first' ? 0 : 1);
    else this.#tell();
  }

  #ship(index: number): void {
    const line = this.#lines[index];
    this.#shippedLines = [...this.#shippedLines, index];
    const lines = [
      {
        lineId: `line-${index + 1}`,
        sku: `SKU-${index + 1}`,
        quantity: line?.current ?? line?.quantity ?? '1',
      },
    ];
    this.#post(shipmentObserved({ id: `9${index}`, at: this.#at(), lines }));
  }

  #advance(place: number): void {
    const waiting = this.#waiting[place];
    if (waiting === undefined) return;
    if (waiting.answer === null) {
      waiting.answer = this.#effect(waiting.command);
      return;
    }
    this.#waiting.splice(place, 1);
    waiting.answer();
  }

  /** Has the effect now; the answer comes when it comes. */
  #effect({ name, slot, payload }: CommandIntent): () => void {
    const result = (answer: CommandResult) => () => this.#step((run) => run.result(slot, answer));
    const done = result({ kind: 'done', result: {}, refs: [] });
    switch (name) {
      case 'storefront.order.read': {
        const shown = orderObserved(this.#order(true));
        return () => this.#step((run) => run.readAnswer(shown));
      }
      case 'storefront.payment.capture': {
        const { id } = payload.authorization;
        const held = this.transactions.find((each) => each.id === id);
        const already = this.capturedMinor(id);
        const isVoid = this.transactions.some(({ kind, parentId }) => kind === 'void' && parentId === id);
        if (isVoid) this.faults.push('captured what was given up');
        if (payload.upTo.amountMinor > (held?.amount.presentment.amountMinor ?? 0))
          this.faults.push('more than authorised');
        if (payload.upTo.amountMinor <= already) return done;
        if (already > 0 && !this.#life.multiCapture) this.faults.push('captured twice what is captured once');
        if (this.#declines > 0) {
          this.#declines -= 1;
          return result({ kind: 'rejected', code: 'capture-declined', detail: 'do_not_honor' });
        }
        const amountMinor = payload.upTo.amountMinor - already;
        this.#move({ id: `c${this.transactions.length}`, kind: 'capture', parentId: id, amountMinor });
        this.#tell();
        return done;
      }
      case 'storefront.payment.void': {
        const { id } = payload.authorization;
        if (this.capturedMinor(id) > 0)
          return result({ kind: 'rejected', code: 'already-captured', detail: id });
        this.#move({ id: `v${this.transactions.length}`, kind: 'void', parentId: id });
        this.#tell();
        return done;
      }
      case 'erp.order.create':
        this.#isInErp = true;
        return result({
          kind: 'done',
          result: { number: 'SO-42' },
          refs: [{ connection: 'erp', type: 'SalesOrder', id: '42' }],
        });
      case 'erp.order.cancel':
        return this.#shippedLines.length > 0
          ? result({ kind: 'rejected', code: 'too-late', detail: 'left' })
          : done;
      default:
        return done;
    }
  }

  #move(spec: TransactionSpec): void {
    const whole = { ...spec, at: this.#at() };
    this.transactions.push(transactionData(whole));
    const { multiCapture: _unsaid, ...short } = whole;
    this.#post(paymentObserved(this.#life.isSaid ? whole : short));
  }

  #tell(): void {
    this.#at();
    this.#post(orderObserved(this.#order(false)));
  }

  /** Some messages never come, some twice. */
  #post(event: CanonicalEvent): void {
    const isSure = event.type === 'shipment.observed';
    if (!isSure && this.#pick(6) === 0) return;
    this.#inbox.push(event, ...(this.#pick(4) === 0 ? [event] : []));
  }

  #at(): string {
    this.#minute += 1;
    return this.#now();
  }

  #now(): string {
    return new Date(Date.parse('2026-11-24T10:00:00.000Z') + this.#minute * 60_000).toISOString();
  }

  #order(isWhole: boolean): Order {
    const lines = this.#isCancelled
      ? this.#lines.map((line, index) =>
          this.#shippedLines.includes(index) ? line : { ...line, current: '0' },
        )
      : this.#lines;
    const { totals } = buildOrder({ lines });
    const state = this.#paymentState(totals.grand.presentment.amountMinor);
    return buildOrder({
      lines,
      at: this.#now(),
      cancelled: this.#isCancelled ? 'customer' : null,
      with: { totals, payment: { state, transactions: isWhole ? [...this.transactions] : [] } },
    });
  }

  #paymentState(owedMinor: number): PaymentState {
    const captured = this.capturedMinor();
    if (captured > 0) return captured >= owedMinor ? 'paid' : 'partially-paid';
    return this.isVoid ? 'voided' : 'authorized';
  }

  #step(act: (run: OrderRun) => void): void {
    act(this.run);
    for (const slot of this.run.last?.withdraw ?? []) {
      const place = this.#waiting.findIndex(
        ({ command, answer }) => command.slot === slot && answer === null,
      );
      if (place < 0) continue;
      const [taken] = this.#waiting.splice(place, 1);
      if (taken !== undefined)
        this.#waiting.push({
          ...taken,
          answer: () => this.#step((run) => run.result(slot, { kind: 'withdrawn' })),
        });
    }
    for (const command of this.run.commands.slice(this.#handled)) {
      const isBusy = this.#waiting.some(({ command: { slot } }) => slot === command.slot);
      if (isBusy && command.slot.startsWith('payment.')) this.faults.push(`two at a time: ${command.slot}`);
      if (isBusy)
        this.#waiting = this.#waiting.filter(
          ({ command: { slot }, answer }) => slot !== command.slot || answer !== null,
        );
      this.#waiting.push({ command, answer: null });
    }
    this.#handled = this.run.commands.length;
  }
}
