import type { Json } from '#canonical/json.ts';
import type { BoundProcess, LaneHost } from '#dispatch/lane-rules/host.ts';
import { orderToCash } from '#processes/order-to-cash/decide.ts';
import { isUrgent } from '#processes/order-to-cash/urgency.ts';
import { orderRulesSchema } from '#processes/order-to-cash/rules.ts';
import type { OrderState } from '#processes/order-to-cash/state.ts';
import type { Decision, ProcessInput } from '#processes/process.ts';
import { recordKeeper, type KeptRecord } from '#processes/record-keeper.ts';
import type { InstanceRow } from '../store/rows.ts';
import type { World } from '../world.ts';

/** Which versions of the order process a worker knows: the first, the second and how to take over the first, or the second alone. */
export type Release = 'old' | 'both' | 'new';

export const orderRules = orderRulesSchema.parse({
  erp: 'erp',
  crm: 'crm',
  reads: { rereadAfterMs: 4_000 },
  census: { missingAfterMs: 6_000 },
});

/** What the second version makes of the same facts: enough for whoever reads one version's state as the other's to fail. */
type NextState = { readonly shape: 2; readonly facts: OrderState };
const firstVersion = 1;
const secondVersion = 2;

const isNext = (state: Json): boolean => (state as { readonly shape?: number }).shape === 2;

/** An order's state, whichever version wrote it. */
export function orderStateOf(instance: InstanceRow | undefined): OrderState | undefined {
  const state = instance?.state;
  if (state === undefined) return undefined;
  return isNext(state) ? (state as unknown as NextState).facts : (state as unknown as OrderState);
}

/** Whether the version on record is the one whose state it is. */
export const isOfItsVersion = ({ version, state }: InstanceRow): boolean =>
  version === (isNext(state) ? secondVersion : firstVersion);

/** An instance cannot be taken over: the lane fails, is set aside, and is left to workers that can. */
export class NoUpgradeError extends RangeError {
  override readonly name = 'NoUpgradeError';
}

/** The processes that a worker of this release runs. */
export function processesOf(world: World, release: Release): LaneHost['processOf'] {
  const order = release === 'old' ? first(world) : second(world, release);
  return ({ entity, instance }) => {
    if (!entity.startsWith('order:')) return keeperProcess;
    const known = order.version;
    const stored = instance?.version ?? known;
    if (stored < known && release === 'both') world.met('a new version took over an instance of the old one');
    if (stored > known) {
      if (world.is('old-takes-newer')) return { ...order, version: stored };
      world.met('an old worker left a newer instance alone');
    }
    return order;
  };
}

function first(world: World): BoundProcess {
  return {
    name: orderToCash.name,
    version: firstVersion,
    bulk: orderToCash.bulk ?? [],
    decide: (state, input) => decideOn(world, state, false, input),
    isUrgent: (state) => isUrgent(factsOf(world, state, false), orderRules),
  };
}

function second(world: World, release: Release): BoundProcess {
  return {
    name: orderToCash.name,
    version: world.is('version-not-raised') ? firstVersion : secondVersion,
    bulk: ['facts'],
    decide(state, input) {
      const decision = decideOn(world, state, true, input);
      return { ...decision, state: { shape: 2, facts: decision.state } };
    },
    isUrgent: (state) => isUrgent(factsOf(world, state, true), orderRules),
    upgrade(state) {
      if (release === 'new') throw new NoUpgradeError(`no upgrade of an order's state from version 1`);
      return { shape: 2, facts: state };
    },
  };
}

function factsOf(world: World, state: Json, wantsNext: boolean): OrderState {
  if (isNext(state) !== wantsNext)
    world.violated('a version decides only on states that it knows', `${wantsNext ? 2 : 1} on another`);
  return wantsNext ? (state as unknown as NextState).facts : (state as OrderState);
}

function decideOn(world: World, state: Json | null, wantsNext: boolean, input: ProcessInput): Decision<Json> {
  const facts = state === null ? null : factsOf(world, state, wantsNext);
  // A deadline that was moved or met in the meantime is told from one that is due by the instant at which it fired.
  const believed =
    input.kind === 'deadline' && world.is('stale-deadline-believed')
      ? { ...input, at: new Date(world.nowMs + 86_400_000).toISOString() }
      : input;
  return orderToCash.decide(facts, believed, orderRules);
}

const keeperProcess: BoundProcess = {
  name: recordKeeper.name,
  version: recordKeeper.version,
  decide: (state, input) => recordKeeper.decide(state as KeptRecord | null, input, {}),
};
