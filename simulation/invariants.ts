import type { OrderStatus } from '#canonical/command.ts';
import type { OrderState } from '#processes/order-to-cash/state.ts';
import { notice } from './sights.ts';
import { countedWork, type VirtualStore } from './virtual-store.ts';

/** How far along a status is; `on-hold` comes and goes. */
const ranks: Readonly<Record<OrderStatus, number>> = {
  captured: 0,
  'on-hold': 0,
  released: 1,
  'partially-shipped': 2,
  shipped: 3,
  invoiced: 4,
  closed: 5,
  // Goods of a cancelled order may leave all the same.
  cancelled: 1,
};

/** What holds after every single action. Looks at the lanes that the action touched. */
export class StepInvariants {
  readonly #store: VirtualStore;
  readonly #seen = new Map<string, OrderState>();

  constructor(store: VirtualStore) {
    this.#store = store;
  }

  check(): void {
    for (const entity of this.#store.touched) {
      this.#checkCounter(entity);
      this.#checkStatus(entity);
    }
    this.#store.touched.clear();
  }

  #checkCounter(entity: string): void {
    const todo = this.#store.lanes.get(entity)?.todo ?? 0;
    const counted = countedWork(this.#store, entity);
    if (todo !== counted)
      this.#store.world.violated(
        'a counter equals the work that is there',
        `${entity}: ${todo} instead of ${counted}`,
      );
  }

  /** Back only when the storefront changed its order, the ERP said so, or a hold (also one of ours) came or went. */
  #checkStatus(entity: string): void {
    const state = this.#store.instances.get(entity)?.state as OrderState | undefined;
    const before = this.#seen.get(entity);
    if (state === undefined || !entity.startsWith('order:') || state === before) return;
    this.#seen.set(entity, state);
    notice(this.#store.world, before, state);
    const [from, to] = [before?.status ?? null, state.status];
    if (from === null || to === null || ranks[to] >= ranks[from] || from === 'on-hold' || to === 'on-hold')
      return;
    const isTold =
      before?.order?.version.hash !== state.order?.version.hash ||
      before?.erpOrder?.data.status !== state.erpOrder?.data.status ||
      JSON.stringify(before?.invoices) !== JSON.stringify(state.invoices) ||
      // Until a shipment of the storefront is known as the echo of one of ours, its goods are counted twice.
      JSON.stringify(before?.told) !== JSON.stringify(state.told);
    if (!isTold) this.#store.world.violated('a status goes on, never back', `${entity}: ${from} -> ${to}`);
  }
}
