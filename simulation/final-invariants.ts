import type { Order } from '#canonical/order.ts';
import { contentHash } from '#processes/order-to-cash/content-hash.ts';
import type { OrderState } from '#processes/order-to-cash/state.ts';
import type { VirtualCrm } from './platforms/virtual-crm.ts';
import type { VirtualErp } from './platforms/virtual-erp.ts';
import type { VirtualShop } from './platforms/virtual-shop.ts';
import type { VirtualStore } from './virtual-store.ts';

type Site = {
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
  const state = store.instances.get(entity)?.state as OrderState | undefined;
  const open = [...store.parked.values()].filter((row) => row.isOpen && row.entity === entity);
  const causes = new Set(open.map(({ cause }) => cause));
  const isParked = (name: string): boolean =>
    [...(store.commands.get(entity)?.values() ?? [])].some((command) => command.name === name);

  if (state === undefined || state.order === null) {
    if (open.length === 0) world.violated('an accepted order is known', entity);
    return;
  }
  if (state.order.version.hash !== current.version.hash)
    world.violated(
      'the order is what its source shows',
      `${entity}: ${state.order.version.at}, source ${current.version.at}`,
    );

  const record = erp.records.get(id);
  const isWanted = current.cancelled === null && current.payment.state === 'paid' && current.holds.length === 0;
  const isExcused =
    isParked('erp.order.create') || causes.has('rejected-by-platform') || causes.has('withdrawn-by-operator');
  if (isWanted && record === undefined && !isExcused) world.violated('an order is once in the ERP', `${entity} is not`);
  const isCancelled = record === undefined || record.status === 'cancelled';
  const mayStay = ['too-late-to-cancel', 'rejected-by-platform', 'withdrawn-by-operator'].some((cause) => causes.has(cause));
  if (current.cancelled !== null && !isCancelled && !mayStay && !isParked('erp.order.cancel'))
    world.violated('a cancelled order is cancelled in the ERP, or an exception says why not', entity);
  if (record !== undefined && record.status !== 'cancelled' && current.cancelled === null) {
    const differs = current.lines.some(
      (line, index) => line.current !== (record.order.lines[index]?.current ?? '0'),
    );
    if (differs && !causes.has('edited-after-release'))
      world.violated("the ERP's order is the storefront's, or an exception says so", entity);
  }

  const shown = crm.records.get(id);
  if (!isParked('crm.order.upsert') && !causes.has('rejected-by-platform') && !causes.has('withdrawn-by-operator')) {
    if (shown === undefined) world.violated('an order is once in the CRM', `${entity} is not`);
    const { version: _version, ...order } = shown.order;
    if (contentHash({ ...shown, order } as never) !== state.crm.asked || shown.status !== state.status)
      world.violated(
        'the CRM shows where the process stands',
        `${entity}: ${shown.status} instead of ${state.status ?? 'nothing'}`,
      );
  }
  checkReservations(site, entity, id, current, state);
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
  for (const line of current.lines) {
    const left = record?.shipped.get(line.id) ?? 0;
    const wanted = isOver ? 0 : Math.max(Number(line.current), left) - left;
    const reserved = booked.get(line.sku ?? '') ?? 0;
    if (wanted !== reserved)
      store.world.violated(
        'reservations equal what has not been shipped',
        `${entity} ${line.sku ?? ''}: ${reserved} instead of ${wanted}`,
      );
  }
}
