import type { EntityType } from '#canonical/identity.ts';
import type { BoundProcess } from '#dispatch/lane-rules/host.ts';
import { processOf, type Registration } from '#processes/registry.ts';
import type { Retailer } from './retailers/retailer.ts';

/** Finds the process that an entity such as `order:shopify-us:42` goes to, bound to its retailer's rules. */
export function processLookup(
  retailers: readonly Retailer[],
): (tenant: string, entity: string) => BoundProcess | null {
  const byTenant = new Map(
    retailers.map(({ tenant, rules }) => [
      tenant,
      new Map(
        Object.entries(processOf).map(
          ([entity, registration]) => [entity, bound(registration, rules)] as const,
        ),
      ),
    ]),
  );
  return (tenant, entity) => byTenant.get(tenant)?.get(entity.split(':', 1)[0] as EntityType) ?? null;
}

/** A process without rules of its own in the retailer's file runs by its schema's defaults. */
function bound({ process, rules }: Registration, own: Readonly<Record<string, unknown>>): BoundProcess {
  const parsed = rules.parse(own[process.name] ?? {});
  const { name, version, bulk = [] } = process;
  return {
    name,
    version,
    bulk,
    decide: (state, input) => process.decide(state, input, parsed),
    isUrgent: (state) => process.isUrgent?.(state, parsed) ?? false,
    upgrade: (state, fromVersion) => process.upgrade?.(state, fromVersion) ?? state,
  };
}
