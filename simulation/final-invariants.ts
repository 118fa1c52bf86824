import type { Order } from '#canonical/order.ts';
import type { CommandPayload } from '#canonical/command.ts';
import { contentHash } from '#processes/order-to-cash/content-hash.ts';
import { deriveView } from '#processes/order-to-cash/view.ts';
import { orderRules, orderStateOf } from './worker/order-processes.ts';
import type { OrderState } from '#processes/order-to-cash/state.ts';
import type { VirtualCrm } from './platforms/virtual-crm.ts';
import type { VirtualErp } from './platforms/virtual-erp.ts';
import type { VirtualShop } from './platforms/virtual-shop.ts';
import type { VirtualStore } from './virtual-store.ts';

/** Everything in which an order can stand. */
export type Site = {
  readonly store: VirtualStore;
  readonly shop: VirtualShop;
  readonly erp: VirtualErp;
  readonly crm: VirtualCrm;
};

/** What holds once all is quiet: at the platforms, in the journal, and between them. */
export function checkAtEnd(site: Site): void {
  checkTally(site.store);
  checkLeftovers(site.store);
  for (const [id, { current }] of site.shop.orders) checkOrder(site, id, current);
}

/** Every message that came in is applied, superseded, rejected, or parked with a reason. */
function checkTally(store: VirtualStore): void {
  const { world } = store;
  for (const message of store.messages.values()) {
    const { messageId, entity } = message;
    const last = store.dispositions.get(messageId)?.at(-1);
    const isParked = store.findParked(entity, 'message', String(messageId)) !== undefined;
    if (last === undefined ? !isParked : (last === 'parked') !== isParked)
      world.violated(
        'received = applied + parked + rejected + superseded',
        `message ${messageId} of ${entity ?? 'nobody'}: ${last ?? 'nothing'}, ${isParked ? 'parked' : 'not parked'}`,
      );
  }
}

function checkLeftovers(store: VirtualStore): void {
  const { world } = store;
  for (const [entity, commands] of store.commands)
    for (const command of commands.values()) {
      if (!command.parked) world.violated('nothing is left in flight', `${entity} #${command.number}`);
      if (store.findParked(entity, 'command', String(command.number)) === undefined)
        world.violated('what stands still has a reason', `${entity} #${command.number}`);
    }
  for (const [key, { entity, number }] of store.holds) {
    const command = store.commands.get(entity)?.get(number);
    if (command === undefined || command.state === 'pending')
      world.violated('no conflict key stays held', `${key} by ${entity} #${number}`);
  }
}

function checkOrder(site: Site, id: string, current: Order): void {
  const { store, erp, crm } = site;
  const { world } = store;
  const entity = `order:shop:${id}`;
  const state = orderStateOf(store.instances.get(entity));
  const open = [...store.parked.values()].filter((row) => row.isOpen && row.entity === entity);
  const causes = new Set(open.map(({ cause }) => cause));
  const isParked = (name: string): boolean =>
    [...(store.commands.get(entity)?.values() ?? [])].some((command) => command.name === name);

  if (state === undefined || state.order === null) {
    if (open.length === 0) world.violated('an accepted order is known', entity);
    return;
  }
  const isSame = state.order.version.hash === current.version.hash;
  if (!isSame)
    world.violated(
      'the order is what its source shows',
      `${entity}: ${state.order.version.at}, source ${current.version.at}`,
    );

  const record = erp.records.get(id);
  const isWanted =
    current.cancelled === null && current.payment.state === 'paid' && current.holds.length === 0;
  const isExcused =
    isParked('erp.order.create') || causes.has('rejected-by-platform') || causes.has('withdrawn-by-operator');
  if (isWanted && record === undefined && !isExcused)
    world.violated('an order is once in the ERP', `${entity} is not`);
  const isCancelled = record === undefined || record.status === 'cancelled';
  const mayStay = ['too-late-to-cancel', 'rejected-by-platform', 'withdrawn-by-operator'].some((cause) =>
    causes.has(cause),
  );
  if (current.cancelled !== null && !isCancelled && !mayStay && !isParked('erp.order.cancel'))
    world.violated('a cancelled order is cancelled in the ERP, or an exception says why not', entity);
  if (record !== undefined && record.status !== 'cancelled' && current.cancelled === null) {
    const differs = current.lines.some(
      (line, index) => line.current !== (record.order.lines[index]?.current ?? '0'),
    );
    // An older form that arrived after all is known by its total; one that comes to the same is nobody's loss.
    const isSaid = ['edited-after-release', 'erp-order-differs', 'shipped-despite-edit'].some((cause) =>
      causes.has(cause),
    );
    const isSameTotal =
      record.order.totals.grand.presentment.amountMinor === current.totals.grand.presentment.amountMinor;
    if (differs && !isSaid && !isSameTotal)
      world.violated("the ERP's order is the storefront's, or an exception says so", entity);
  }

  const shown = crm.records.get(id);
  if (
    !isParked('crm.order.upsert') &&
    !causes.has('rejected-by-platform') &&
    !causes.has('withdrawn-by-operator')
  ) {
    if (shown === undefined) world.violated('an order is once in the CRM', `${entity} is not`);
    const difference = shown === undefined ? null : shownWrongly(shown, state, state.order);
    if (difference !== null)
      world.violated('the CRM shows where the process stands', `${entity}: ${difference}`);
  }
  checkReservations(site, entity, id, current, state);
}

/** What the CRM has and the process would not say, or null. A new version with nothing new in it is not told. */
function shownWrongly(
  shown: CommandPayload<'crm.order.upsert'>,
  state: OrderState,
  known: Order,
): string | null {
  const view = deriveView(state, known, orderRules);
  if (shown.status !== view.status) return `status ${shown.status} instead of ${view.status}`;
  const bare = ({ version: _version, ...order }: Order): string => contentHash(order);
  if (bare(shown.order) !== bare(view.order)) return 'its order is another';
  if (shown.erp?.ref.id !== state.erp.ref?.id) return `ERP ${shown.erp?.ref.id ?? 'none'}`;
  const states = (
    records: readonly { readonly ref: { readonly id: string }; readonly status: string }[],
  ): string =>
    records
      .map(({ ref, status }) => `${ref.id} ${status}`)
      .toSorted()
      .join();
  const shipments = [...view.placed.byKey.values()];
  if (states(shown.shipments) !== states(shipments))
    return `shipments ${states(shown.shipments)} instead of ${states(shipments)}`;
  const invoices = Object.values(state.invoices).map(({ data }) => data);
  return states(shown.invoices) === states(invoices) ? null : `invoices ${states(shown.invoices)}`;
}

/** What is reserved is what has not left: told from the platforms alone. */
function checkReservations(site: Site, entity: string, id: string, current: Order, state: OrderState): void {
  const { store, erp } = site;
  const booked = new Map<string, number>();
  for (const [key, quantity] of store.reservations.get(entity) ?? []) {
    const sku = key.split(' ')[0] ?? '';
    booked.set(sku, (booked.get(sku) ?? 0) + quantity);
  }
  const record = erp.records.get(id);
  const isOver = current.cancelled !== null && (record === undefined || record.status === 'cancelled');
  const staysInErp = current.cancelled !== null && !isOver;
  if (staysInErp || state.erp.phase === 'asked' || state.erp.phase === 'cancelling') return;
  const wanted = new Map<string, number>();
  for (const line of current.lines) {
    const left = record?.shipped.get(line.id) ?? 0;
    const more = isOver ? 0 : Math.max(Number(line.current), left) - left;
    wanted.set(line.sku ?? '', (wanted.get(line.sku ?? '') ?? 0) + more);
  }
  for (const [sku, quantity] of wanted)
    if (quantity !== (booked.get(sku) ?? 0))
      store.world.violated(
        'reservations equal what has not been shipped',
        `${entity} ${sku}: ${booked.get(sku) ?? 0} instead of ${quantity}`,
      );
}
