import type { ParkedRow } from './store/rows.ts';
import { addCrosswalkRow } from './store/upkeep.ts';
import type { VirtualCrm } from './platforms/virtual-crm.ts';
import type { VirtualErp } from './platforms/virtual-erp.ts';
import type { VirtualShop } from './platforms/virtual-shop.ts';
import type { Traffic } from './traffic.ts';
import type { VirtualStore } from './virtual-store.ts';
import { itemRow } from './worker/handlers.ts';

type Site = {
  readonly store: VirtualStore;
  readonly traffic: Traffic;
  readonly shop: VirtualShop;
  readonly erp: VirtualErp;
  readonly crm: VirtualCrm;
};
/** How often one and the same thing is tried before it is left parked. */
const patience = 6;

/** People: they confirm crosswalk rows, release, discard or resolve what is parked, and mend the ERP's orders. */
export class VirtualOperator {
  readonly #site: Site;
  readonly #tries = new Map<string, number>();

  constructor(site: Site) {
    this.#site = site;
    site.store.world.every(2_500, () => {
      this.#look();
      return undefined;
    });
  }

  /** Whether there is something left that a person would do. */
  get isBusy(): boolean {
    return [...this.#site.store.parked.values()].some((row) => row.isOpen && this.#canAct(row));
  }

  confirmRow(sku: string): void {
    addCrosswalkRow(this.#site.store, itemRow(sku));
  }

  #canAct(row: ParkedRow): boolean {
    if (row.entity === null) return false;
    if ((this.#tries.get(this.#keyOf(row)) ?? 0) >= patience) return false;
    if (row.kind === 'message') return this.#site.traffic.isMappingMended;
    if (row.kind === 'command') return true;
    return [
      'edited-after-release',
      'order-unreadable',
      'withdrawn-by-operator',
      'rejected-by-platform',
    ].includes(row.cause);
  }

  #keyOf({ entity, kind, key, connection, cause }: ParkedRow): string {
    // A command that the process asks for anew has another number, and is the same matter.
    return `${entity ?? ''} ${kind} ${kind === 'command' ? (connection ?? '') : key} ${cause}`;
  }

  #look(): void {
    const { world } = this.#site.store;
    for (const row of this.#site.store.parked.values()) {
      if (!row.isOpen || !this.#canAct(row)) continue;
      // While all is upside down, people are slow.
      if (!world.isCalm && world.random.next() < 0.8) continue;
      this.#tries.set(this.#keyOf(row), (this.#tries.get(this.#keyOf(row)) ?? 0) + 1);
      if (!world.allows(`an operator sees to ${this.#keyOf(row)}`)) continue;
      world.note(`operator: ${row.entity ?? ''} ${row.kind} ${row.key} ${row.cause}`);
      if (row.kind === 'message') {
        world.met('a parked message was replayed');
        this.#site.store.release(row, 'kim');
      } else if (row.kind === 'command') this.#onCommand(row);
      else this.#onException(row);
    }
  }

  #onCommand(row: ParkedRow): void {
    const { store, erp } = this.#site;
    const { world } = store;
    const command = store.commands.get(row.entity ?? '')?.get(Number(row.key));
    if (command === undefined) return;
    if (command.state !== 'pending' && row.cause === 'outcome-unknown-unsafe') {
      // Somebody looks into the ERP, after the time in which it could still happen.
      if (world.nowMs < command.trueDeadlineMs + command.settleMs) return;
      world.met('unsafe and unknown, resolved by an operator');
      const { order } = command.request as unknown as { order: { id: string } };
      const isThere = [...erp.records.values()].some(
        ({ ref, status }) => ref.id === order.id && status === 'cancelled',
      );
      return this.#act(row, isThere ? 'command.resolve' : 'command.retry');
    }
    // An update may be put away also while its effect is unknown: a newer one brings all that it would.
    const isUpdate = command.name === 'crm.order.upsert';
    const mayDiscard =
      !world.isCalm && (isUpdate || (command.state === 'pending' && command.name.startsWith('erp.')));
    if (mayDiscard && world.random.next() < (isUpdate ? 0.4 : 0.15)) {
      world.met('an operator discarded a command');
      return this.#act(row, 'command.discard');
    }
    // What the process was told is refused, it goes on without: then the process is to ask anew, not the command to be sent again.
    const isGivenUp = row.cause === 'rejected-by-platform' && command.name === 'erp.order.create';
    if (isGivenUp)
      store.tell(row.entity ?? '', 'operator', { action: 'retry', by: 'kim', reason: 'as agreed' });
    else this.#act(row, 'command.retry');
  }

  #act(row: ParkedRow, action: string): void {
    this.#site.store.tell(row.entity ?? '', 'operator', {
      action,
      number: Number(row.key),
      by: 'kim',
      reason: 'as agreed',
    });
  }

  #onException(row: ParkedRow): void {
    const entity = row.entity ?? '';
    const id = entity.split(':')[2] ?? '';
    const action =
      { 'edited-after-release': 'erp-amended', 'order-unreadable': 'reread' }[row.cause] ?? 'retry';
    if (action === 'erp-amended') {
      const order = this.#site.shop.orders.get(id)?.current;
      if (order === undefined || !this.#site.erp.amend(order)) return;
    }
    this.#site.store.tell(entity, 'operator', { action, by: 'kim', reason: 'as agreed' });
  }
}
