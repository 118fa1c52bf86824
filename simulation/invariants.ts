import type { OrderStatus } from '#canonical/command.ts';
import type { OrderState } from '#processes/order-to-cash/state.ts';
import { notice } from './sights.ts';
import { checkDeadlines } from './deadline-invariants.ts';
import { reservedOf } from './store/stock.ts';
import { countedWork, type VirtualStore } from './virtual-store.ts';
import { isOfItsVersion, orderStateOf } from './worker/order-processes.ts';

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

/** What holds after every single action. Looks at the lanes and the stock that the action touched. */
export class StepInvariants {
  readonly #store: VirtualStore;
  readonly #seen = new Map<string, OrderState>();
  readonly #versions = new Map<string, number>();

  constructor(store: VirtualStore) {
    this.#store = store;
  }

  check(): void {
    const { touched, touchedPositions } = this.#store;
    if (touched.size > 0) {
      for (const entity of touched) {
        this.#checkCounter(entity);
        if (entity.startsWith('order:')) this.#checkOrder(entity);
      }
      touched.clear();
    }
    if (touchedPositions.size === 0) return;
    for (const key of touchedPositions) this.#checkPosition(key);
    touchedPositions.clear();
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

  #checkPosition(key: string): void {
    const { world, positions } = this.#store;
    const position = positions.get(key);
    const booked = reservedOf(this.#store, key);
    if (position === undefined || position.reserved === booked) {
      if (booked < 0) world.violated('no reservation is negative', `${key}: ${booked}`);
      return;
    }
    world.violated(
      'a position holds the sum of its reservations',
      `${key}: ${position.reserved}, not ${booked}`,
    );
  }

  #checkOrder(entity: string): void {
    const { world, instances } = this.#store;
    const instance = instances.get(entity);
    const state = orderStateOf(instance);
    const before = this.#seen.get(entity);
    if (instance === undefined || state === undefined || state === before) return;
    this.#seen.set(entity, state);
    if (!isOfItsVersion(instance))
      world.violated("a state is of its instance's version", `${entity}: ${instance.version}`);
    if (instance.version < (this.#versions.get(entity) ?? 0))
      world.violated("an instance's version never goes back", `${entity}: ${instance.version}`);
    this.#versions.set(entity, instance.version);
    notice(world, before, state);
    checkDeadlines(this.#store, entity, before, state);
    this.#checkStatus(entity, before, state);
  }

  /** Back only when the storefront changed its order, the ERP said so, or a hold (also one of ours) came or went. */
  #checkStatus(entity: string, before: OrderState | undefined, state: OrderState): void {
    const [from, to] = [before?.status ?? null, state.status];
    if (from === null || to === null || ranks[to] >= ranks[from] || from === 'on-hold' || to === 'on-hold')
      return;
    const isTold =
      before?.order?.version.hash !== state.order?.version.hash ||
      before?.erpOrder?.data.status !== state.erpOrder?.data.status ||
      // An operator had an ERP asked again that took the order and does not show it.
      (before?.census.isMissing === true && before.erp.phase === 'created' && state.erp.phase === 'asked') ||
      JSON.stringify(before?.invoices) !== JSON.stringify(state.invoices);
    if (!isTold) this.#store.world.violated('a status goes on, never back', `${entity}: ${from} -> ${to}`);
  }
}
