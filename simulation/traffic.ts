import type { CanonicalEvent } from '#canonical/event.ts';
import { storeMessage } from './store/intake.ts';
import type { Content, Delivery } from './store/rows.ts';
import type { VirtualErp } from './platforms/virtual-erp.ts';
import type { VirtualShop } from './platforms/virtual-shop.ts';
import type { DatabaseLink, Gate } from './worker/database-link.ts';

const alwaysOpen: Gate = { run: (action) => action() };
const pollEveryMs = 12_000;
const overlapMs = 6_000;

/** How word of the platforms reaches intake: webhooks twice, late, out of order, malformed or never; and polls that heal that. */
export class Traffic {
  readonly #link: DatabaseLink;
  readonly #shop: VirtualShop;
  readonly #erp: VirtualErp;
  /** Read up to here: by platform. */
  readonly #cursors = { shop: 0, erp: 0 };
  /** The last instant that a finished poll of both has seen. */
  #deliveries = 0;
  readonly #dropped = new Set<string>();
  isMappingMended = false;
  underWay = 0;

  constructor(link: DatabaseLink, shop: VirtualShop, erp: VirtualErp) {
    this.#link = link;
    this.#shop = shop;
    this.#erp = erp;
    shop.onEvent = (topic, event) => this.#webhook(topic, event);
    link.world.every(pollEveryMs, () => this.#pollShop());
    link.world.every(pollEveryMs, () => this.#pollErp());
  }

  /** Whether everything up to now has been read. */
  get isReadUp(): boolean {
    const lastChange = Math.max(this.#shop.changes.at(-1)?.atMs ?? 0, this.#erp.changes.at(-1)?.atMs ?? 0);
    return this.underWay === 0 && Math.min(this.#cursors.shop, this.#cursors.erp) > lastChange;
  }

  isReleased({ malformed }: Content): boolean {
    return malformed === 'no' || (malformed === 'until release' && this.isMappingMended);
  }

  #webhook(topic: string, event: CanonicalEvent): void {
    const { world } = this.#link;
    this.#deliveries += 1;
    const delivery = this.#delivery(topic, `w${this.#deliveries}`, event);
    if (world.fault('webhook', 0.06, `webhook ${delivery.sourceEventId} dropped`)) {
      this.#dropped.add(event.version.hash);
      return;
    }
    if (world.fault('webhook', 0.03, `webhook ${delivery.sourceEventId} malformed`)) {
      const malformed = world.chance.pick(['for good', 'until release'] as const);
      const content: Content = { events: delivery.content.events, malformed };
      const broken = { ...delivery, bodyHash: `${delivery.bodyHash} broken`, content };
      const isFacelessToo = world.chance.next() < 0.3;
      const ref = { ...delivery.subject.ref, type: topic, id: delivery.sourceEventId };
      this.#deliver(
        isFacelessToo ? { ...broken, subject: { entity: 'message', ref, founds: true } } : broken,
        world.delay(),
      );
      return;
    }
    const isLate = world.fault('webhook', 0.08, `webhook ${delivery.sourceEventId} late`);
    this.#deliver(delivery, isLate ? world.chance.between(2_000, 40_000) : world.delay());
    if (world.fault('webhook', 0.12, `webhook ${delivery.sourceEventId} twice`))
      this.#deliver(delivery, world.delay());
  }

  #delivery(topic: string, sourceEventId: string, event: CanonicalEvent): Delivery {
    return {
      connection: event.subject.ref.connection,
      topic,
      sourceEventId,
      bodyHash: event.version.hash,
      occurredAtMs: Date.parse(event.version.at),
      via: 'webhook',
      subject: event.subject,
      content: { events: [event], malformed: 'no' },
    };
  }

  /** At least once: what is not acknowledged comes again. */
  #deliver(delivery: Delivery, delayMs: number): void {
    this.underWay += 1;
    this.#link.world.after(delayMs, () =>
      this.#link.call(
        alwaysOpen,
        'intake',
        () => storeMessage(this.#link.store, delivery),
        () => {
          this.underWay -= 1;
        },
        () => {
          this.underWay -= 1;
          this.#deliver(delivery, this.#link.world.random.between(300, 3_000));
        },
      ),
    );
  }

  /** The cursor moves in the transaction that stores what was read. */
  #pollShop(): undefined {
    if (this.#shop.isDown || this.#shop.isLockedOut) return;
    const readToMs = this.#link.world.nowMs;
    const from = this.#cursors.shop - overlapMs;
    const ids = new Set(this.#shop.changes.filter(({ atMs }) => atMs > from).map(({ id }) => id));
    const records = [...ids].flatMap((id) => {
      const event = this.#shop.observed(id);
      return event === null ? [] : [this.#delivery('orders/polled', `${id}@${event.version.hash}`, event)];
    });
    this.#store('shop', readToMs, records);
  }

  #pollErp(): undefined {
    if (this.#erp.isDown || this.#erp.isLockedOut) return;
    const readToMs = this.#link.world.nowMs;
    const from = this.#cursors.erp - overlapMs;
    const records = this.#erp.changes
      .filter(({ atMs }) => atMs > from)
      .map(({ key, event }) => this.#delivery(event.type, key, event));
    this.#store('erp', readToMs, records);
  }

  #store(platform: 'shop' | 'erp', readToMs: number, records: readonly Delivery[]): void {
    const { store, world } = this.#link;
    const readToDatabaseMs = store.nowMs;
    this.#link.call(
      alwaysOpen,
      'poll',
      () => {
        for (const record of records) {
          const receipt = storeMessage(store, { ...record, via: 'poll' });
          if (receipt === 'accepted' && this.#dropped.delete(record.bodyHash))
            world.met('a dropped webhook was healed by the poll');
        }
        this.#cursors[platform] = Math.max(this.#cursors[platform], readToMs);
        store.readToMs.set(platform, readToDatabaseMs);
        if (platform === 'erp') store.maxReadToMs = Math.max(store.maxReadToMs, readToDatabaseMs);
      },
      () => undefined,
      () => undefined,
    );
  }
}
