import type { Site } from './final-invariants.ts';
import { orderStateOf } from './worker/order-processes.ts';

/** Where one order stands, in the journal and at the platforms. */
export function describeOrder({ store, shop, erp, crm }: Site, id: string): readonly string[] {
  const entity = `order:shop:${id}`;
  const instance = store.instances.get(entity);
  const state = orderStateOf(instance);
  const lane = store.lanes.get(entity);
  const commands = [...(store.commands.get(entity)?.values() ?? [])].map(
    ({ number, slot, state: stage, attempt, parked }) =>
      `#${number} ${slot} ${stage} after ${attempt} attempts${parked ? ', parked' : ''}`,
  );
  const done = (store.done.get(entity) ?? []).map(
    ({ number, slot, outcome }) => `#${number} ${slot} ${outcome}`,
  );
  const parked = [...store.parked.values()]
    .filter((row) => row.isOpen && row.entity === entity)
    .map(({ kind, cause, detail }) => `${kind} ${cause}: ${detail}`);
  const held = [...store.holds].filter(([, hold]) => hold.entity === entity).map(([key]) => key);
  const current = shop.orders.get(id)?.current;
  return [
    `${entity}: ${state?.status ?? 'unknown'}, ERP phase ${state?.erp.phase ?? 'unknown'}, process version ${instance?.version ?? 'none'}`,
    lane === undefined
      ? 'lane: none'
      : `lane: ${lane.todo} to do, ${lane.owner === null ? 'free' : `owned by session ${lane.owner}`}, claim ${lane.claim}, ${lane.steps} steps`,
    `commands: ${commands.join('; ') || 'none'}`,
    `finished: ${done.join('; ') || 'none'}`,
    `parked: ${parked.join('; ') || 'nothing'}`,
    `conflict keys: ${held.join(', ') || 'none'}`,
    `storefront: ${current === undefined ? 'none' : `${current.payment.state}${current.cancelled === null ? '' : ', cancelled'}, of ${current.version.at}`}`,
    `ERP: ${erp.records.get(id)?.status ?? 'none'}; CRM: ${crm.records.get(id)?.status ?? 'none'}`,
  ];
}
