import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '#connector-testkit/seeded-random.ts';
import { inTransaction, openDatabase } from '#journal/database.ts';
import { storeMessages } from '#journal/intake-store.ts';
import { migrate } from '#journal/migrate.ts';
import { masterKeyFrom } from '#journal/sealed-box.ts';
import { startEmbeddedCluster } from '#server/postgres/embedded-cluster.ts';
import { startStubPlatform } from '../engine/stub-platform.ts';

/**
 * Two workers under load lose their lives: kill -9, SIGSTOP past the lease, PostgreSQL killed and restarted, each several times.
 * Then every effect is counted where it took place: none missing, none double, none out of order.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    rate: { type: 'string', default: '40' },
  },
});
const random = seededRandom(Number(values.seed));
const rounds = Number(values.rounds);
const perSecond = Number(values.rate);
const tenant = 'acme';
const eventsPerOrder = 3;
const master = masterKeyFrom(Buffer.alloc(32, 7).toString('base64'));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const directory = await mkdtemp(join(tmpdir(), 'tallyport-kill-'));
await chmod(directory, 0o755);
const cluster = await startEmbeddedCluster({ directory: join(directory, 'postgres') });
await cluster.createDatabase('kill');
const database = openDatabase(cluster.url('kill'), { onError: () => undefined });
await migrate(database);
const [erp, crm] = await Promise.all([startStubPlatform(), startStubPlatform()]);
for (const platform of [erp, crm]) {
  platform.faults.often({ kind: 'delay', ms: 15 }, 0.5);
  platform.faults.often({ kind: 'reset-after' }, 0.02, (request) => request.method === 'POST');
}

const start = async (name: string): Promise<ChildProcess> => {
  const child = spawn(
    process.execPath,
    [new URL('./worker-main.ts', import.meta.url).pathname, cluster.url('kill'), erp.url, crm.url, name],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise((ready) => child.stdout?.once('data', ready));
  return child;
};
const workers = [await start('one'), await start('two')];

/** Sends until told to stop; what is not acknowledged is sent again, as a platform would. */
const accepted: string[] = [];
let isSending = true;
const sending = (async () => {
  for (let order = 0; isSending; order += 1) {
    for (let step = 1; step <= eventsPerOrder; step += 1) {
      const [id, reason] = [String(order), `s${step}`];
      const message = {
        tenant,
        connection: 'shop',
        topic: 'thing/touched',
        sourceEventId: `${id}/${reason}`,
        occurredAtMs: Date.now(),
        via: 'webhook' as const,
        class: 1,
        subject: { entity: 'order' as const, ref: { connection: 'shop', type: 'Thing', id }, founds: true },
        body: Buffer.from(JSON.stringify({ id, reason })),
      };
      for (let isStored = false; !isStored;) {
        isStored = await storeMessages(database, master, [message]).then(
          () => true,
          () => sleep(100).then(() => false),
        );
      }
      accepted.push(`${id}/${reason}`);
    }
    await sleep((1_000 * eventsPerOrder) / perSecond);
  }
})();

const counts = { kill: 0, stop: 0, postgres: 0 };
const restart = async (index: number): Promise<void> => {
  workers[index] = await start(`again-${index}-${Date.now()}`);
};
for (let round = 1; round <= rounds; round += 1) {
  await sleep(random.between(1_500, 3_000));
  const victim = random.between(0, 1);
  say(`round ${round}: kill -9 of worker ${victim}`);
  workers[victim]?.kill('SIGKILL');
  counts.kill += 1;
  await sleep(random.between(500, 2_000));
  await restart(victim);

  await sleep(random.between(1_500, 3_000));
  const sleeper = random.between(0, 1);
  say(`round ${round}: worker ${sleeper} stopped past its lease`);
  workers[sleeper]?.kill('SIGSTOP');
  counts.stop += 1;
  await sleep(random.between(6_500, 8_500));
  workers[sleeper]?.kill('SIGCONT');

  await sleep(random.between(1_500, 3_000));
  say(`round ${round}: kill -9 of PostgreSQL`);
  await cluster.kill();
  counts.postgres += 1;
  await sleep(random.between(200, 1_500));
  await cluster.start();
}
await sleep(1_000);
isSending = false;
await sending;
say(`${accepted.length} accepted; waiting for the rest to be delivered`);
for (const platform of [erp, crm]) platform.faults.clear();

const until = Date.now() + 120_000;
let left = Number.POSITIVE_INFINITY;
while (left > 0 && Date.now() < until) {
  await sleep(250);
  left = await inTransaction(
    database,
    [tenant],
    async (client) =>
      (await client.query<{ n: number }>('select count(*)::int as n from lane')).rows[0]?.n ?? 0,
  ).catch(() => Number.POSITIVE_INFINITY);
}

/** Effects at one platform against what was accepted. */
const judge = (
  effects: readonly { readonly key: string }[],
): { missing: number; double: number; outOfOrder: number } => {
  const seen = new Map<string, number>();
  const steps = new Map<string, number>();
  let outOfOrder = 0;
  for (const { key } of effects) {
    const first = !seen.has(key);
    seen.set(key, (seen.get(key) ?? 0) + 1);
    const [id = '', reason = ''] = key.split('/');
    const step = Number(reason.slice(1));
    if (first && step < (steps.get(id) ?? 0)) outOfOrder += 1;
    steps.set(id, Math.max(step, steps.get(id) ?? 0));
  }
  return {
    missing: accepted.filter((key) => !seen.has(key)).length,
    double: [...seen.values()].filter((count) => count > 1).length,
    outOfOrder,
  };
};
const atErp = judge(erp.journal.effects);
// The CRM's command is an upsert: the same bytes may arrive twice, and the second changes nothing.
const atCrm = judge(crm.journal.effects);
const tallied = await inTransaction(
  database,
  [tenant],
  async (client) =>
    (await client.query<{ n: number }>('select count(distinct message_id)::int as n from event_log')).rows[0]
      ?.n ?? 0,
);
const parked = await inTransaction(
  database,
  [tenant],
  async (client) =>
    (await client.query<{ n: number }>('select count(*)::int as n from parked where closed_at is null'))
      .rows[0]?.n ?? 0,
);

for (const worker of workers) worker.kill('SIGTERM');
await Promise.all(
  workers.map(
    (worker) =>
      new Promise((gone) =>
        worker.exitCode !== null || worker.signalCode !== null ? gone(undefined) : worker.once('exit', gone),
      ),
  ),
);
await database.end();
await cluster.stop();
await Promise.all([erp.close(), crm.close()]);
await rm(directory, { recursive: true, force: true });

const isClean =
  left === 0 &&
  parked === 0 &&
  tallied === accepted.length &&
  atErp.missing + atErp.double + atErp.outOfOrder + atCrm.missing + atCrm.outOfOrder === 0;
say(
  JSON.stringify({
    seed: Number(values.seed),
    accepted: accepted.length,
    tallied,
    parked,
    lanesLeft: left,
    faults: counts,
    erp: atErp,
    crm: { missing: atCrm.missing, repeatedUpserts: atCrm.double, outOfOrder: atCrm.outOfOrder },
    clean: isClean,
  }),
);
process.exitCode = isClean ? 0 : 1;
