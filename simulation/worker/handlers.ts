import type { CommandName, CommandPayload } from '#canonical/command.ts';
import type { Json } from '#canonical/json.ts';
import type { Order } from '#canonical/order.ts';
import type { MappingProblem } from '#connector-sdk/outcome.ts';
import type { LaneHost } from '#dispatch/lane-rules/host.ts';
import type { World } from '../world.ts';
import { erpSearchLagMs } from '../platforms/virtual-erp.ts';

export type Handler = NonNullable<ReturnType<LaneHost['handlerOf']>>;
export type Handlers = { readonly [Connection in string]?: { readonly [N in CommandName]?: Handler } };

/** The account and the address that an order shares with others. */
const keysOf = ({ attributes }: Order): readonly string[] =>
  attributes.map(({ name, value }) => `${name} ${value}`);

/** What the three platforms declare of their commands. How a cancellation is made safe differs from seed to seed. */
export function handlersOf(world: World): Handlers {
  const cancelSafety = world.random.pick(['lookup-first', 'unsafe', 'idempotency-key'] as const);
  return {
    shop: {
      'storefront.order.read': {
        safety: { kind: 'upsert' },
        timeoutMs: 2_000,
        settleMs: 0,
        searchLagMs: 0,
        conflictKeys: () => [],
      },
      'storefront.fulfillment.create': {
        safety: { kind: 'lookup-first' },
        timeoutMs: 2_000,
        settleMs: 3_000,
        searchLagMs: 0,
        conflictKeys: (request) => [`order ${(request as { order: { id: string } }).order.id}`],
      },
    },
    erp: {
      'erp.order.create': {
        safety: { kind: 'lookup-first' },
        // Longer than a lease.
        timeoutMs: 6_000,
        settleMs: 3_000,
        searchLagMs: erpSearchLagMs,
        conflictKeys: (request) =>
          keysOf((request as unknown as CommandPayload<'erp.order.create'>).order).slice(0, 1),
      },
      'erp.order.cancel': {
        safety:
          cancelSafety === 'idempotency-key'
            ? { kind: cancelSafety, lifetimeMs: 60_000 }
            : { kind: cancelSafety },
        timeoutMs: 2_000,
        settleMs: 3_000,
        searchLagMs: 0,
        conflictKeys: () => [],
      },
    },
    crm: {
      'crm.order.upsert': {
        safety: { kind: 'upsert' },
        timeoutMs: 2_500,
        settleMs: 4_000,
        searchLagMs: 0,
        conflictKeys: (request) => keysOf((request as unknown as CommandPayload<'crm.order.upsert'>).order),
      },
    },
  };
}

/** The crosswalk rows that an ERP order needs. */
export function missingRows(
  name: string,
  payload: Json,
  rows: ReadonlySet<string>,
): readonly MappingProblem[] {
  if (name !== 'erp.order.create') return [];
  const { order } = payload as unknown as CommandPayload<'erp.order.create'>;
  return order.lines.flatMap(({ sku }, index) =>
    sku === null || rows.has(itemRow(sku))
      ? []
      : [
          {
            path: `lines[${index}].sku`,
            message: `no item for ${sku}`,
            crosswalk: { table: 'item', key: sku, proposal: null },
          },
        ],
  );
}

export const itemRow = (sku: string): string => `crosswalk:erp:item:${sku}`;
