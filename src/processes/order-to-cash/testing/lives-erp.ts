import type { CommandPayload } from '#canonical/command.ts';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Shipment } from '#canonical/fulfillment.ts';
import type { CommandResult } from '../../process.ts';
import { buildShipment, erpOrderObserved, erpOrderRef } from '#tests/builders/event-builder.ts';
import { createHash } from 'node:crypto';
import { money } from '#canonical/money.ts';

/** The ERP's clock is an hour off, which must not matter. */
const at = (step: number): string =>
  new Date(Date.parse('2026-11-24T09:00:00.000Z') + step * 1000).toISOString();

export type ErpShipment = {
  readonly id: string;
  readonly lines: ReadonlyMap<string, number>;
  status: Shipment['status'];
};

/** How an ERP takes edits: not at all, only of lines that it has, or of every kind. */
export type ErpSkill = 'nothing' | 'its own lines' | 'everything';

/** What is true in the ERP: at most one order, what left of it, what was invoiced. */
export class LifeErp {
  readonly skill: ErpSkill;
  readonly currency: string;
  /** Wanted by line; null while there is no order. */
  lines: Map<string, number> | null = null;
  street = '';
  totalMinor = 0;
  isCancelled = false;
  made = 0;
  readonly shipments: ErpShipment[] = [];
  invoicedMinor = 0;
  invoices = 0;
  #step = 0;

  constructor(skill: ErpSkill, currency: string) {
    this.skill = skill;
    this.currency = currency;
  }

  get isLive(): boolean {
    return this.lines !== null && !this.isCancelled;
  }

  shipped(line: string): number {
    return this.shipments.reduce((sum, { lines }) => sum + (lines.get(line) ?? 0), 0);
  }

  get hasShipped(): boolean {
    return this.shipments.length > 0;
  }

  create({ order }: CommandPayload<'erp.order.create'>): CommandResult {
    const done = { kind: 'done', result: { number: 'SO-42' }, refs: [erpOrderRef] } as const;
    this.made += 1;
    this.#take(order);
    this.totalMinor = order.totals.grand.presentment.amountMinor;
    return done;
  }

  amend({ order, total }: CommandPayload<'erp.order.amend'>): CommandResult {
    const refuse = (code: string): CommandResult => ({ kind: 'rejected', code, detail: `it is ${code}` });
    if (!this.isLive) return refuse('already-cancelled');
    const wanted = new Map(order.lines.map(({ id, current }) => [id, Number(current)]));
    const isNew = [...wanted].some(([id, quantity]) => quantity > 0 && this.lines?.has(id) !== true);
    if (isNew && this.skill !== 'everything') return refuse('cannot-amend');
    if ([...wanted].some(([id, quantity]) => quantity < this.shipped(id))) return refuse('too-late');
    this.#take(order);
    this.totalMinor = total?.amountMinor ?? this.totalMinor;
    return { kind: 'done', result: {}, refs: [erpOrderRef] };
  }

  cancel(): CommandResult {
    if (this.hasShipped) return { kind: 'rejected', code: 'too-late', detail: 'goods left' };
    this.isCancelled = true;
    return { kind: 'done', result: {}, refs: [] };
  }

  /** Sends up to `most` pieces of each line; null when nothing is left to send. */
  ship(most: number): CanonicalEvent | null {
    if (this.lines === null || this.isCancelled) return null;
    const lines = new Map(
      [...this.lines]
        .map(([id, wanted]) => [id, Math.min(most, wanted - this.shipped(id))] as const)
        .filter(([, quantity]) => quantity > 0),
    );
    if (lines.size === 0) return null;
    const shipment: ErpShipment = { id: `9${this.shipments.length}`, lines, status: 'shipped' };
    this.shipments.push(shipment);
    return this.#told(shipment);
  }

  /** The last shipment goes on; null where that cannot be. */
  arrive(status: 'delivered' | 'undeliverable'): CanonicalEvent | null {
    const last = this.shipments.at(-1);
    if (last === undefined || last.status === status) return null;
    last.status = status;
    return this.#told(last);
  }

  /** Invoices what is not invoiced yet, once everything has left. */
  invoice(): CanonicalEvent | null {
    const isOpen = this.lines === null || [...this.lines].some(([id, wanted]) => wanted > this.shipped(id));
    const totalMinor = this.totalMinor - this.invoicedMinor;
    if (isOpen || this.isCancelled || totalMinor <= 0) return null;
    this.invoicedMinor += totalMinor;
    this.invoices += 1;
    this.#step += 1;
    const amount = (minor: number) => money('presentment', this.currency, minor);
    const id = `70${this.invoices}`;
    const data = {
      schema: 'invoice/1' as const,
      id: `invoice:erp:${id}`,
      ref: { connection: 'erp', type: 'Invoice', id },
      number: `INV-${id}`,
      kind: 'invoice' as const,
      status: 'posted' as const,
      date: '2026-11-26',
      dueDate: null,
      net: amount(totalMinor),
      tax: amount(0),
      total: amount(totalMinor),
      extensions: {},
    };
    return { type: 'invoice.observed', ...this.#about(id), data };
  }

  /** How the ERP shows its order when it is polled. */
  observed(): CanonicalEvent {
    this.#step += 1;
    const total = money('presentment', this.currency, this.totalMinor);
    return erpOrderObserved({
      at: at(this.#step),
      status: this.isCancelled ? 'cancelled' : 'processing',
      total,
    });
  }

  #take({ lines, shipTo }: CommandPayload<'erp.order.create'>['order']): void {
    this.lines = new Map(
      lines.flatMap(({ id, current }) => (Number(current) > 0 ? [[id, Number(current)] as const] : [])),
    );
    this.street = shipTo.address?.lines[0] ?? '';
  }

  #told({ id, lines, status }: ErpShipment): CanonicalEvent {
    this.#step += 1;
    const data = buildShipment({
      id,
      status,
      lines: [...lines].map(([lineId, quantity]) => ({
        lineId,
        sku: lineId.replace('line', 'SKU'),
        quantity: String(quantity),
      })),
    });
    return { type: 'shipment.observed', ...this.#about(`${id} ${status}`), data };
  }

  #about(what: string) {
    const hash = createHash('sha256').update(`${what} ${this.#step}`).digest('hex');
    return {
      subject: { entity: 'order' as const, ref: erpOrderRef, founds: false },
      version: { at: at(this.#step), hash },
    };
  }
}
