import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LifeCurrency } from './testing/lives-shop.ts';
import { disagreements } from './testing/lives-model.ts';
import { type LifeSetup, LivesWorld } from './testing/lives-world.ts';

/** The lives of `npm test`; `npm run lives` leads a thousand. */
const lives = Number(process.env['TALLYPORT_LIVES'] ?? 60);
const seed = Number(process.env['TALLYPORT_LIVES_SEED'] ?? 20261124);
const timeoutMs = 60_000 + lives * 600;

/** Two decimals, none, and three: a wrong exponent shows at once. */
const currencies: readonly LifeCurrency[] = [
  { currency: 'GBP', price: '10.99' },
  { currency: 'EUR', price: '7.05' },
  { currency: 'JPY', price: '1200' },
  { currency: 'KWD', price: '3.125' },
];

/** Something that a buyer, a clerk, a warehouse or a carrier does. `check` says whether they could. */
type Act = fc.Command<LivesWorld, LivesWorld>;
const act = (name: string, may: (world: LivesWorld) => boolean, run: (world: LivesWorld) => void): Act => ({
  check: may,
  run: (_model, world) => run(world),
  toString: () => name,
});
const isOpen = ({ shop }: LivesWorld): boolean => !shop.isOver;
/** Does something at the storefront, which then says so. */
const atShop = (name: string, run: (world: LivesWorld) => void, may = isOpen): Act =>
  act(name, may, (world) => {
    run(world);
    world.hear(world.shop.observed());
  });

const edit = fc.record({ line: fc.nat(2), quantity: fc.nat(5) }).map(({ line, quantity }) =>
  atShop(`edit line ${line + 1} to ${quantity}`, ({ shop }) => {
    const edited = shop.lines[line % shop.lines.length];
    if (edited !== undefined) edited.current = quantity;
  }),
);
const ship = fc.integer({ min: 1, max: 4 }).map((most) =>
  act(
    `ship ${most} of each`,
    () => true,
    (world) => world.hear(world.erp.ship(most)),
  ),
);
const quiet = fc.constant(
  act(
    'all is quiet',
    () => true,
    (world) => world.rest(),
  ),
);
const often = [edit, ship, quiet];

const acts: fc.Arbitrary<Act>[] = [
  edit,
  ship,
  fc.integer({ min: 1, max: 3 }).map((quantity) =>
    atShop(
      `add a line of ${quantity}`,
      ({ shop }) => {
        // Nothing was ordered of it at first.
        shop.lines.push({ id: `line-${shop.lines.length + 1}`, ordered: 0, current: quantity });
      },
      (world) => isOpen(world) && world.shop.lines.length < 4,
    ),
  ),
  fc.constant(atShop('move house', ({ shop }) => (shop.street += 1))),
  fc.constant(
    atShop(
      'pay',
      ({ shop }) => (shop.isPaid = true),
      (world) => isOpen(world) && !world.shop.isPaid,
    ),
  ),
  fc.constant(atShop('hold for fraud', ({ shop }) => (shop.isHeld = true))),
  fc.constant(atShop('release the hold', ({ shop }) => (shop.isHeld = false))),
  fc.constant(atShop('hold a fulfilment order', ({ shop }) => (shop.isPartHeld = true))),
  fc.constant(atShop('release the fulfilment order', ({ shop }) => (shop.isPartHeld = false))),
  fc.constant(
    atShop(
      'split',
      ({ shop }) => shop.split(),
      (world) => isOpen(world) && world.shop.parts.length < 3,
    ),
  ),
  // Few orders end so, or the lives would be short.
  fc.nat(5).map((luck) =>
    atShop(
      'cancel',
      ({ shop }) => (shop.isCancelled = true),
      (world) => luck === 0 && isOpen(world),
    ),
  ),
  fc.nat(9).map((luck) =>
    act(
      'delete',
      (world) => luck === 0 && isOpen(world),
      (world) => {
        const event = world.shop.deleted();
        world.shop.isDeleted = true;
        world.hear(event);
      },
    ),
  ),
  fc.constant(
    act(
      'deliver',
      () => true,
      (world) => world.hear(world.erp.arrive('delivered')),
    ),
  ),
  fc.constant(
    act(
      'undeliver',
      () => true,
      (world) => world.hear(world.erp.arrive('undeliverable')),
    ),
  ),
  fc.constant(
    act(
      'invoice',
      () => true,
      (world) => world.hear(world.erp.invoice()),
    ),
  ),
  ...[1, 5, 20].map((most) =>
    fc.integer({ min: 1, max: most }).map((count) =>
      act(
        `${count} things happen`,
        () => true,
        (world) => world.happen(count),
      ),
    ),
  ),
];

const setup: fc.Arbitrary<LifeSetup> = fc.record({
  money: fc.constantFrom(...currencies),
  quantities: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
  isPaid: fc.boolean(),
  skill: fc.constantFrom('everything', 'everything', 'its own lines', 'nothing' as const),
  seed: fc.integer({ min: 1 }),
});

/** What these lives have to lead to, or they prove little: counted once a life. */
function meetings({ shop, erp, run }: LivesWorld): readonly string[] {
  const causes = new Set(run.causes);
  const amendments = run.asked('erp.order.amend').length;
  return [
    shop.money.currency,
    ...(amendments > 0 ? ['amended'] : []),
    ...(amendments > 1 && erp.hasShipped ? ['amended, and something left'] : []),
    ...(erp.shipments.length > 1 ? ['shipped in parts'] : []),
    ...(erp.isCancelled ? ['cancelled in the ERP'] : []),
    ...(shop.isOver && erp.lines === null ? ['cancelled before the ERP had it'] : []),
    ...(shop.isDeleted ? ['deleted at the source'] : []),
    ...(shop.parts.length > 1 ? ['split'] : []),
    ...(run.view.status === 'closed' ? ['closed'] : []),
    ...causes,
  ];
}
const wanted = [
  ...currencies.map(({ currency }) => currency),
  'amended',
  'amended, and something left',
  'shipped in parts',
  'cancelled in the ERP',
  'cancelled before the ERP had it',
  'deleted at the source',
  'split',
  'closed',
  'too-late-to-cancel',
  'order-edit-not-applied',
  'edited-after-release',
  'held-after-release',
  'address-changed-too-late',
  'undeliverable',
  'shipment-mismatch',
];

test(`${lives} lives end with every system agreeing with what is true`, { timeout: timeoutMs }, () => {
  const met = new Map<string, number>();
  fc.assert(
    fc.property(
      setup,
      fc.commands([...acts, ...often, ...often], { maxCommands: 40, size: 'max' }),
      (how, life) => {
        const world = new LivesWorld(how);
        fc.modelRun(() => ({ model: world, real: world }), life);
        world.rest();
        expect(disagreements(world)).toEqual([]);
        for (const meeting of meetings(world)) met.set(meeting, (met.get(meeting) ?? 0) + 1);
      },
    ),
    { numRuns: lives, seed },
  );
  expect(wanted.filter((meeting) => !met.has(meeting))).toEqual([]);
});
