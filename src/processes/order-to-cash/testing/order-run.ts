import { type CommandName, commandPayloads } from '#canonical/command.ts';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Order } from '#canonical/order.ts';
import {
  answerPrefix,
  type CommandIntent,
  type CommandResult,
  type Decision,
  type ExceptionNotice,
  type KeyedDocument,
  type ProcessInput,
  type Reservation,
} from '../../process.ts';
import { orderToCash } from '../decide.ts';
import { type OrderRules, orderRulesSchema } from '../rules.ts';
import type { OrderState } from '../state.ts';
import { deriveView, type OrderView } from '../view.ts';

export const testRules = (overrides: Record<string, unknown> = {}): OrderRules =>
  orderRulesSchema.parse({ erp: 'erp', crm: 'crm', ...overrides });

const nameOfSlot: Readonly<Record<string, CommandName>> = {
  'storefront.read': 'storefront.order.read',
  'erp.order': 'erp.order.create',
  'erp.cancel': 'erp.order.cancel',
  'erp.amend': 'erp.order.amend',
  delivery: 'storefront.fulfillment.update',
  'crm.order': 'crm.order.upsert',
  'payment.capture': 'storefront.payment.capture',
  'payment.void': 'storefront.payment.void',
};

/**
 * One order's life, step by step, with what came of each step. Steps are held to the contract: commands satisfy their schema, the
 * state handed in stays as it was, and deciding again gives the same; every one of them, or for speed one in `checkEvery`.
 */
export class OrderRun {
  state: OrderState | null = null;
  readonly rules: OrderRules;
  readonly commands: CommandIntent[] = [];
  readonly withdrawn: string[] = [];
  readonly links: string[] = [];
  readonly deadlines = new Map<string, string>();
  readonly open = new Map<string, ExceptionNotice>();
  reserved: readonly Reservation[] = [];
  /** The answer to the last input. */
  last: Decision<OrderState> | null = null;
  readonly #checkEvery: number;
  #step = 0;
  #now = Date.parse('2026-11-24T10:00:00.000Z');

  constructor(rules: OrderRules = testRules(), checkEvery = 1) {
    this.rules = rules;
    this.#checkEvery = checkEvery;
  }

  event(...events: readonly CanonicalEvent[]): this {
    for (const event of events) this.#decide({ kind: 'event', id: `e${this.#step}`, at: this.now, event });
    return this;
  }

  /** What the source shows when it is read, and the end of that read. */
  readAnswer(event: CanonicalEvent): this {
    this.done('storefront.read');
    return this.#decide({ kind: 'event', id: `${answerPrefix}${this.#step}`, at: this.now, event });
  }

  result(slot: string, result: CommandResult): this {
    const name =
      nameOfSlot[slot] ?? nameOfSlot[slot.slice(0, slot.indexOf('/'))] ?? 'storefront.fulfillment.create';
    return this.#decide({ kind: 'result', at: this.now, slot, name, connection: 'any', result });
  }

  done(
    slot: string,
    ref?: { readonly connection: string; readonly type: string; readonly id: string },
    result = {},
  ): this {
    return this.result(slot, { kind: 'done', result, refs: ref === undefined ? [] : [ref] });
  }

  /** Lets time pass to the deadline and fires it. */
  deadline(name: string): this {
    this.#now = Math.max(this.#now, Date.parse(this.deadlines.get(name) ?? this.now));
    return this.#decide({ kind: 'deadline', at: this.now, name });
  }

  reservation(...short: readonly Reservation[]): this {
    return this.#decide({ kind: 'reservation', at: this.now, short });
  }

  operator(action: string, document?: KeyedDocument): this {
    return this.#decide({
      kind: 'operator',
      at: this.now,
      by: 'kim',
      action,
      reason: 'as agreed',
      ...(document !== undefined && { document }),
    });
  }

  get now(): string {
    return new Date(this.#now).toISOString();
  }

  get disposition(): string {
    const { disposition } = this.last ?? {};
    return disposition?.kind === 'rejected' ? `rejected ${disposition.code}` : (disposition?.kind ?? 'none');
  }

  get causes(): readonly string[] {
    return [...this.open.values()].map(({ cause }) => cause).toSorted();
  }

  get view(): OrderView {
    return deriveView(this.#known, this.#known.order as Order, this.rules);
  }

  /** Every command of one name, in the order in which they were asked for. */
  asked<N extends CommandName>(name: N): readonly CommandIntent<N>[] {
    return this.commands.filter(
      (command): command is CommandIntent<N> & CommandIntent => command.name === name,
    );
  }

  /** The names of the commands that the last input led to. */
  get answer(): readonly string[] {
    return this.last?.commands.map(({ name }) => name) ?? [];
  }

  get crm(): string | undefined {
    return this.asked('crm.order.upsert').at(-1)?.payload.status;
  }

  get #known(): OrderState {
    if (this.state === null) throw new Error('nothing was decided yet');
    return this.state;
  }

  #decide(input: ProcessInput): this {
    this.#step += 1;
    const before = this.state;
    const text = JSON.stringify(before);
    const decision = orderToCash.decide(before, input, this.rules);
    if (this.#step % this.#checkEvery === 0) this.#check(text, input, decision);
    this.state = JSON.parse(JSON.stringify(decision.state)) as OrderState;
    this.last = decision;
    this.commands.push(...decision.commands);
    this.withdrawn.push(...decision.withdraw);
    this.links.push(...decision.links.map(({ connection, id }) => `${connection}/${id}`));
    if (decision.reservations !== undefined) this.reserved = decision.reservations;
    for (const { name, at } of decision.deadlines) {
      if (at === null) this.deadlines.delete(name);
      else this.deadlines.set(name, at);
    }
    for (const notice of decision.exceptions) {
      if (notice.open) this.open.set(notice.key, notice);
      else this.open.delete(notice.key);
    }
    return this;
  }

  #check(before: string, input: ProcessInput, decision: Decision<OrderState>): void {
    if (JSON.stringify(this.state) !== before) throw new Error('the state handed in was changed');
    const again = orderToCash.decide(JSON.parse(before) as OrderState | null, input, this.rules);
    if (JSON.stringify(again) !== JSON.stringify(decision))
      throw new Error('deciding again gave something else');
    for (const { name, payload } of decision.commands) commandPayloads[name].parse(payload);
  }
}
