import type { CommandPayload } from '#canonical/command.ts';
import { decimal } from '#canonical/decimal.ts';
import type { CanonicalEvent, ErpOrder } from '#canonical/event.ts';
import type { Shipment } from '#canonical/fulfillment.ts';
import { money } from '#canonical/money.ts';
import type { Order } from '#canonical/order.ts';
import type { ExternalRef } from '#canonical/primitives.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import { buildShipment } from '#tests/builders/event-builder.ts';
import type { ErpLife } from '../order-life.ts';
import { type Request, VirtualPlatform } from './platform.ts';
import { refusedPostalCode } from './virtual-shop.ts';

/** The ERP's clock is an hour behind, which must not matter. */
const clockOffsetMs = -3_600_000;
export const erpSearchLagMs = 2_000;

type ErpRecord = {
  readonly ref: ExternalRef;
  readonly entity: string;
  readonly life: ErpLife;
  readonly visibleAtMs: number;
  order: Order;
  status: ErpOrder['status'];
  isPicked: boolean;
  readonly shipped: Map<string, number>;
  lastAtMs: number;
  sequence: number;
};

/** An ERP that finds a new record only after a while, and whose people ship and invoice what is in it. */
export class VirtualErp extends VirtualPlatform {
  /** By the order's id at its source. */
  readonly records = new Map<string, ErpRecord>();
  /** All that changed, by instant: what a poll reads. */
  readonly changes: { readonly atMs: number; readonly key: string; readonly event: CanonicalEvent }[] = [];
  lifeOf: (orderId: string) => ErpLife = () => {
    throw new Error('nobody said how the ERP goes on');
  };

  protected find({ name, body }: Request): Found {
    if (name === 'erp.order.cancel') {
      const record = this.#byRef((body as unknown as CommandPayload<'erp.order.cancel'>).order);
      return record?.status === 'cancelled'
        ? { kind: 'found', outcome: { kind: 'done', result: {} } }
        : { kind: 'absent' };
    }
    const { order } = body as unknown as CommandPayload<'erp.order.create'>;
    const record = this.records.get(order.ref.id);
    return record === undefined || record.visibleAtMs > this.world.nowMs
      ? { kind: 'absent' }
      : { kind: 'found', outcome: created(record) };
  }

  protected refusal({ name, body }: Request): Outcome | null {
    if (name !== 'erp.order.create') return null;
    const { order } = body as unknown as CommandPayload<'erp.order.create'>;
    return order.shipTo.address?.postalCode === refusedPostalCode
      ? { kind: 'rejected', code: 'address', detail: 'no such place' }
      : null;
  }

  protected apply(request: Request): Outcome {
    return request.name === 'erp.order.cancel' ? this.#cancel(request) : this.#create(request);
  }

  #create(request: Request): Outcome {
    const { world } = this;
    const { order } = request.body as unknown as CommandPayload<'erp.order.create'>;
    const { id } = order.ref;
    this.took(request);
    if (this.records.has(id)) world.violated('an order is once in the ERP', id);
    const record: ErpRecord = {
      ref: { connection: this.connection, type: 'SalesOrder', id: `so-${id}` },
      entity: request.entity,
      life: this.lifeOf(id),
      visibleAtMs: world.nowMs + world.random.between(0, erpSearchLagMs - 100),
      order,
      status: 'draft',
      isPicked: false,
      shipped: new Map(),
      lastAtMs: 0,
      sequence: 0,
    };
    this.records.set(id, record);
    this.#next(record, record.life.confirmMs, () => this.#confirm(record));
    return created(record);
  }

  #cancel(request: Request): Outcome {
    const record = this.#byRef((request.body as unknown as CommandPayload<'erp.order.cancel'>).order);
    if (record === undefined) return { kind: 'rejected', code: 'not-found', detail: 'no such order' };
    if (record.status === 'cancelled') return { kind: 'done', result: {} };
    if (record.isPicked) {
      this.world.met('a cancel came too late');
      return { kind: 'rejected', code: 'too-late', detail: 'goods are picked' };
    }
    this.took(request);
    record.status = 'cancelled';
    this.#tellOrder(record);
    return { kind: 'done', result: {} };
  }

  /** Somebody in the ERP gives the order the storefront's form; null when goods left already. */
  amend(order: Order): boolean {
    const record = this.records.get(order.ref.id);
    if (record === undefined || record.isPicked || record.status === 'cancelled') return false;
    record.order = order;
    this.world.note(`erp ${order.ref.id} amended`);
    return true;
  }

  #byRef(ref: ExternalRef): ErpRecord | undefined {
    return [...this.records.values()].find((record) => record.ref.id === ref.id);
  }

  #next(record: ErpRecord, delayMs: number, run: () => void): void {
    this.world.after(delayMs, () => {
      if (record.status !== 'cancelled') run();
    });
  }

  #confirm(record: ErpRecord): void {
    record.status = 'confirmed';
    this.#tellOrder(record);
    this.#next(record, record.life.pickMs, () => this.#pick(record));
  }

  #pick(record: ErpRecord): void {
    record.isPicked = true;
    record.status = 'processing';
    this.#tellOrder(record);
    const open = record.order.lines
      .map((line) => ({ id: line.id, sku: line.sku, left: Number(line.current) }))
      .filter(({ left }) => left > 0);
    const parts = splitIntoParts(open, record.life.parts);
    if (parts.length > 1) this.world.met('shipped in parts');
    parts.forEach((lines, index) => {
      const shipment = this.#shipment(record, index, lines);
      this.#next(record, index * record.life.partMs, () => {
        for (const line of lines)
          record.shipped.set(line.id, (record.shipped.get(line.id) ?? 0) + line.quantity);
        this.#tell(record, 'shipment', shipment);
        this.#next(record, record.life.deliverMs, () => {
          this.#tell(record, 'shipment', { ...shipment, status: 'delivered' });
        });
        if (index === parts.length - 1)
          this.#next(record, record.life.invoiceMs, () => this.#invoice(record));
      });
    });
    if (parts.length === 0) this.#next(record, record.life.invoiceMs, () => this.#invoice(record));
  }

  #shipment(record: ErpRecord, index: number, lines: readonly Part[]): Shipment {
    return buildShipment({
      id: `${record.ref.id}-${index + 1}`,
      connection: this.connection,
      lines: lines.map(({ id, sku, quantity }) => ({
        lineId: record.life.knowsLineIds ? id : null,
        sku,
        quantity: decimal(quantity),
      })),
    });
  }

  #invoice(record: ErpRecord): void {
    record.status = 'done';
    this.#tellOrder(record);
    const { currency, amountMinor } = record.order.totals.grand.presentment;
    const amount = (minor: number) => money('presentment', currency, minor);
    const invoice = {
      schema: 'invoice/1' as const,
      id: `invoice:${this.connection}:${record.ref.id}`,
      ref: { connection: this.connection, type: 'Invoice', id: `inv-${record.ref.id}` },
      number: `INV-${record.ref.id}`,
      kind: 'invoice' as const,
      status: 'posted' as const,
      date: '2026-11-24',
      dueDate: null,
      net: amount(amountMinor),
      tax: amount(0),
      total: amount(amountMinor),
      extensions: {},
    };
    this.#tell(record, 'invoice', invoice);
    this.#next(record, record.life.invoiceMs, () =>
      this.#tell(record, 'invoice', { ...invoice, status: 'paid' }),
    );
  }

  #tellOrder(record: ErpRecord): void {
    const { ref, status } = record;
    const total = record.order.totals.grand.presentment;
    this.#tell(record, 'erp-order', { ref, number: `SO-${ref.id}`, status, blocks: [], total });
  }

  #tell(record: ErpRecord, kind: 'erp-order' | 'shipment' | 'invoice', data: unknown): void {
    record.lastAtMs = Math.max(this.world.nowMs + clockOffsetMs, record.lastAtMs + 1);
    record.sequence += 1;
    const key = `${record.ref.id}@${record.sequence}`;
    this.world.note(`erp tells ${kind} ${key}`);
    this.changes.push({
      atMs: this.world.nowMs,
      key,
      event: {
        type: `${kind}.observed`,
        subject: { entity: 'order', ref: record.ref, founds: false },
        version: { at: new Date(record.lastAtMs).toISOString(), hash: key },
        data,
      } as CanonicalEvent,
    });
  }
}

const created = (record: ErpRecord) =>
  ({
    kind: 'done',
    result: { number: `SO-${record.ref.id}` },
    refs: [record.ref],
  }) as const satisfies Outcome;

type Part = { readonly id: string; readonly sku: string | null; readonly quantity: number };

/** Deals the pieces of all lines out to so many shipments. */
function splitIntoParts(
  lines: readonly { readonly id: string; readonly sku: string | null; readonly left: number }[],
  count: number,
): readonly (readonly Part[])[] {
  const parts: Part[][] = Array.from({ length: count }, () => []);
  lines.forEach(({ id, sku, left }, offset) => {
    for (let index = 0; index < count; index += 1) {
      const quantity = Math.floor(left / count) + ((index + offset) % count < left % count ? 1 : 0);
      if (quantity > 0) parts[index]?.push({ id, sku, quantity });
    }
  });
  return parts.filter((part) => part.length > 0);
}
