import { createHash } from 'node:crypto';
import { type SeededRandom, seededRandom } from '#connector-testkit/seeded-random.ts';
import type { CoveragePoint } from './coverage.ts';
import { describeOrder } from './describe-order.ts';
import { checkAtEnd } from './final-invariants.ts';
import { StepInvariants } from './invariants.ts';
import { type Scheduler, unleash } from './nemesis.ts';
import { VirtualOperator } from './operator.ts';
import { type Market, orderLife } from './order-life.ts';
import { watchPermits } from './permit-watch.ts';
import type { Plan } from './plan.ts';
import { EffectJournal } from './platforms/effects.ts';
import type { VirtualPlatform } from './platforms/platform.ts';
import { VirtualCrm } from './platforms/virtual-crm.ts';
import { VirtualErp } from './platforms/virtual-erp.ts';
import { VirtualShop } from './platforms/virtual-shop.ts';
import { reapSessions } from './store/sessions.ts';
import { fireTimers, healWaits } from './store/upkeep.ts';
import { Fleet, rollOut } from './rollout.ts';
import { Traffic } from './traffic.ts';
import { VirtualStore } from './virtual-store.ts';
import { DatabaseLink } from './worker/database-link.ts';
import { handlersOf } from './worker/handlers.ts';
import { VirtualWorker } from './worker/virtual-worker.ts';
import { type Violation, ViolationError, World } from './world.ts';

/** From then on nothing goes wrong any more. */
const calmAtMs = 45_000;
/** How long after that everything must have come to rest. */
const restWithinMs = 600_000;

export type SeedResult = {
  readonly seed: number;
  readonly hash: string;
  readonly actions: number;
  readonly violation: Violation | null;
  readonly coverage: ReadonlyMap<CoveragePoint, number>;
  readonly trace: readonly string[];
  /** What may be left out, by name. */
  readonly happened: ReadonlyMap<string, string>;
  /** Where the orders with these ids stand at the end, line by line. */
  readonly describe: (ids: readonly string[]) => readonly string[];
};

/** Runs one plan from beginning to rest. Same plan, same hash. */
export function runSeed(plan: Plan, keepsTrace = false): SeedResult {
  const world = new World(plan, keepsTrace);
  let violation: Violation | null = null;
  try {
    live(world);
  } catch (error) {
    violation =
      error instanceof ViolationError
        ? error.violation
        : {
            invariant: 'nothing throws',
            detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
          };
  }
  return {
    seed: plan.seed,
    hash: world.trace.digest(),
    actions: world.actions,
    violation,
    coverage: world.coverage,
    trace: world.trace.lines,
    happened: world.happenings.happened,
    describe: world.describe,
  };
}

function live(world: World): void {
  const { plan } = world;
  const draw = seededRandom(plan.seed + 17);
  const store = new VirtualStore(world);
  const link = new DatabaseLink(world, store);
  const effects = new EffectJournal(world, store);
  const shop = new VirtualShop('shop', world, effects);
  const erp = new VirtualErp('erp', world, effects);
  const crm = new VirtualCrm('crm', world, effects);
  const platforms = new Map<string, VirtualPlatform>([
    ['shop', shop],
    ['erp', erp],
    ['crm', crm],
  ]);
  const traffic = new Traffic(link, shop, erp);
  const operator = new VirtualOperator({ store, traffic, shop, erp, crm });
  const invariants = new StepInvariants(store);
  world.describe = (ids) => ids.flatMap((id) => describeOrder({ store, shop, erp, crm }, id));
  store.hadEffect = (entity, number) => effects.has(entity, number);

  const places = draw.between(2, 3);
  const parts = {
    link,
    platforms,
    handlers: handlersOf(world),
    // As many as there may be workers: with fewer, one that has steady work keeps its permit from the others for ever.
    concurrency: world.is('few-permits') ? 1 : places + draw.between(1, 2),
    maxLanes: draw.between(2, 6),
    isReleased: traffic.isReleased.bind(traffic),
  };
  const fleet = new Fleet(places, (name, release) => new VirtualWorker(name, parts, release));
  const { workers } = fleet;
  store.onWork = (entity) => {
    for (const worker of workers)
      if (world.random.next() < 0.7)
        world.after(world.delay(), () => worker.run(() => worker.onWork(entity)));
  };

  watch(world, shop, store);
  const market: Market = { customers: draw.pick([1, 2, 2, 3]), isRush: draw.next() < 0.2 };
  if (market.isRush) world.met('many orders rushed for few goods');
  const wanted = market.isRush ? draw.between(8, 12) : draw.between(2, 7);
  const lives = Array.from({ length: Math.min(plan.orders, wanted) }, (_, index) =>
    orderLife(plan.seed, index, market),
  ).filter(({ id }) => world.allows(`order ${id}`));
  erp.lifeOf = (id) => {
    const life = lives.find((candidate) => candidate.id === id);
    if (life === undefined) throw new Error(`no life of ${id}`);
    return life.erp;
  };
  for (const life of lives) {
    world.after(life.createdAtMs, () => {
      shop.create(life);
      for (const step of life.steps.filter(({ kind, atMs }) =>
        world.allows(`${life.id}: ${kind} at ${atMs}`),
      ))
        world.after(step.atMs - life.createdAtMs, () => shop.change(life.id, step.kind));
    });
  }
  stock(store, operator, draw, market);
  watchPermits(store, link, workers);
  const scheduler: Scheduler = { isStill: false };
  unleash({ link, platforms: [...platforms.values()], fleet, scheduler });
  rollOut(world, fleet, draw);
  world.every(500, () => {
    if (!link.isDown && !scheduler.isStill) fireTimers(store);
    return undefined;
  });
  world.every(2_000, () => {
    if (link.isDown) return undefined;
    healWaits(store);
    reapSessions(store);
    return undefined;
  });

  for (;;) {
    if (!world.isCalm && world.elapsedMs > calmAtMs) {
      world.note('from here on nothing goes wrong');
      world.isCalm = true;
      traffic.isMappingMended = true;
    }
    world.step();
    invariants.check();
    if (!world.isCalm) continue;
    const isAtRest =
      store.lanes.size === 0 &&
      world.pending === 0 &&
      traffic.isReadUp &&
      store.timers.size === 0 &&
      store.breakers.size === 0 &&
      !operator.isBusy;
    if (isAtRest) break;
    if (world.elapsedMs > calmAtMs + restWithinMs) notAtRest(world, store, operator, traffic);
  }
  checkAtEnd({ store, shop, erp, crm });
  world.note(`the end: ${digestOf(store)}`);
}

/** Which rows are missing at first and when they come; of which goods there are few. */
function stock(store: VirtualStore, operator: VirtualOperator, draw: SeededRandom, { isRush }: Market): void {
  for (const sku of ['SKU-1', 'SKU-2', 'SKU-3']) {
    if (draw.next() < 0.75) operator.confirmRow(sku);
    else store.world.after(draw.between(2_000, 25_000), () => operator.confirmRow(sku));
    if (isRush || draw.next() < 0.3)
      store.positions.set(`${sku} default`, { supply: draw.between(1, 6), reserved: 0 });
  }
}

/** Notes the rare meetings that only somebody who sees everything can see. */
function watch(world: World, shop: VirtualShop, store: VirtualStore): void {
  const told = shop.onEvent;
  shop.onEvent = (topic, event) => {
    if (event.type === 'order.observed' && event.data.cancelled !== null) {
      const commands = store.commands.get(`order:shop:${event.data.ref.id}`)?.values() ?? [];
      if ([...commands].some(({ name, state }) => name === 'erp.order.create' && state === 'attempting'))
        world.met('a cancel came while the create was in flight');
    }
    told(topic, event);
  };
}

function notAtRest(world: World, store: VirtualStore, operator: VirtualOperator, traffic: Traffic): never {
  const lanes = [...store.lanes].map(
    ([entity, lane]) =>
      `${entity} todo ${lane.todo} owner ${lane.owner ?? 'none'} due ${lane.dueMs - world.nowMs}`,
  );
  const commands = [...store.commands].flatMap(([entity, rows]) =>
    [...rows.values()].map((row) => `${entity} #${row.number} ${row.slot} ${row.state} a${row.attempt}`),
  );
  return world.violated(
    'all comes to rest once the faults have stopped',
    `${world.pending} actions; lanes: ${lanes.join(', ')}; commands: ${commands.join(', ')}; timers ${store.timers.size}; breakers ${[...store.breakers.keys()].join(' ')}; leases ${[...store.leases].map(([key, lease]) => `${key}: ${lease.permits}${store.sessions.has(Number(key.split(' ')[1])) ? '' : ' of a dead session'}`).join(', ')}; operator ${operator.isBusy ? 'busy' : 'idle'}; traffic ${traffic.isReadUp ? 'read' : 'unread'}`,
  );
}

/** The journal's end state belongs to what is compared. */
function digestOf(store: VirtualStore): string {
  const hash = createHash('sha256');
  for (const [entity, { state }] of [...store.instances].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${entity} ${JSON.stringify(state)}\n`);
  return hash.digest('hex').slice(0, 16);
}
