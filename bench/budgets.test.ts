import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { testDatabase } from '#tests/postgres/test-database.ts';
import budgets from './budgets.json' with { type: 'json' };
import { DatabaseMeter } from './measure/database-meter.ts';
import { fillBacklog } from './system/fill-backlog.ts';
import { masterKeyInProcess, startProductInProcess } from './system/product-in-process.ts';

/**
 * What an order costs, in counts that a slow machine does not change. A budget is what was measured with some air for how calls happen to
 * fall into batches; who needs more says in the commit what for.
 */
const orders = 200;
/** Statements that work on orders. The others go by the clock. */
const work = /^(lane_|crosswalk_load|wait_|timer_|begin|commit)/;
/** Of these, what ends in a commit of its own: `begin ... commit` counts once. */
const reads = /^(lane_inbox|lane_commands|crosswalk_load|begin)/;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let place: Awaited<ReturnType<typeof testDatabase>>;
beforeEach(async () => {
  place = await testDatabase();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await place.drop();
});

test('an order costs no more statements, commits and rows than its budget', async ({ annotate }) => {
  const names: string[] = [];
  const product = await startProductInProcess(place.url, 5);
  const query = vi.spyOn(pg.Client.prototype, 'query').mockName('query');
  await fillBacklog(
    { databaseUrl: place.url, masterKey: masterKeyInProcess, tenants: product.tenants },
    0,
    orders,
  );
  await expect.poll(() => product.effects.completed, { timeout: 25_000, interval: 20 }).toBe(orders);
  for (const [statement] of query.mock.calls as unknown as readonly (readonly [
    string | { name?: string; text?: string },
  ])[])
    names.push(typeof statement === 'string' ? statement : (statement.name ?? statement.text ?? ''));
  await product.stop();

  const meter = await DatabaseMeter.connect(place.superuserUrl);
  const { inserted, updated, deleted } = await meter.counters();
  await meter.end();
  const counted = names.filter((name) => work.test(name));
  const perOrder = {
    statementsPerOrder: counted.length / orders,
    commitsPerOrder: counted.filter((name) => !reads.test(name)).length / orders,
    rowsInsertedPerOrder: inserted / orders,
    rowsUpdatedPerOrder: updated / orders,
    rowsDeletedPerOrder: deleted / orders,
  };
  await annotate(JSON.stringify({ perOrder, statements: tallied(names) }));
  for (const [name, spent] of Object.entries(perOrder))
    expect(spent, name).toBeLessThanOrEqual(budgets[name as keyof typeof perOrder]);
});

function tallied(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name.slice(0, 60)] = (counts[name.slice(0, 60)] ?? 0) + 1;
  return counts;
}

test('a lane in memory takes no more heap than its budget', async ({ annotate }) => {
  const product = await startProductInProcess(place.url, 4_000);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  await fillBacklog(
    { databaseUrl: place.url, masterKey: masterKeyInProcess, tenants: product.tenants },
    0,
    orders,
  );
  const meter = await DatabaseMeter.connect(place.superuserUrl);
  const held = async (): Promise<number> =>
    Number((await meter.rows<{ n: string }>('select count(*) as n from lane where owner is not null'))[0]?.n);
  await expect.poll(held, { timeout: 20_000 }).toBeGreaterThanOrEqual(150);
  await expect
    .poll(() => product.effects.byKind['crm-made'], { timeout: 20_000 })
    .toBeGreaterThanOrEqual(150);
  const lanes = await held();
  collectGarbage();
  const perLane = (process.memoryUsage().heapUsed - before) / lanes;
  await annotate(`${lanes} lanes, ${Math.round(perLane)} bytes each`);
  await meter.end();
  await product.stop();
  expect(perLane).toBeLessThanOrEqual(budgets.heapBytesPerLane);
});
