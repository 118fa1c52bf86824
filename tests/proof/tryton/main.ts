import { setTimeout as sleep } from 'node:timers/promises';
import { company } from './company.ts';
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts';
import { Drive, type Result } from './drive.ts';
import { cases } from './orders.ts';
import { killPrograms } from './processes.ts';
import { startProduct } from './product.ts';
import { asCompany, connect } from './rpc.ts';
import { startTryton } from './server.ts';
import { setupCompany } from './setup-company.ts';

/** The proof gives up so long before its end that what it started can be stopped in order. Milliseconds. */
const patienceMs = 9 * 60_000;
const endMs = 9.7 * 60_000;
const startedMs = Date.now();

const say = (text: string): void =>
  console.log(`${((Date.now() - startedMs) / 1_000).toFixed(1).padStart(6)} s  ${text}`);
const report = (result: Partial<Result>, failure: string | null, timesMs: object): boolean => {
  const { differences = [], ...counts } = result;
  for (const difference of differences) console.log(JSON.stringify(difference));
  if (failure !== null) console.log(JSON.stringify({ failure }));
  const clean = failure === null && result.orders === cases.length && differences.length === 0;
  console.log(
    JSON.stringify({
      proof: 'tryton',
      ...counts,
      differences: differences.length,
      clean,
      timesMs: { ...timesMs, whole: Date.now() - startedMs },
    }),
  );
  return clean;
};

/**
 * Proof against software that nobody here wrote: the whole product between an emulated shop, an emulated CRM and a real Tryton
 * behind a proxy that loses answers. Orders go in, shipments and invoices come back; then each system is read for itself.
 * The last line is one JSON object; the exit code is not 0 on any difference.
 */
async function prove(signal: AbortSignal): Promise<boolean> {
  await using begun = new AsyncDisposableStack();
  say('starting a real Tryton');
  const server = await startTryton({
    key: JSON.stringify(company),
    run: async ({ url, database, adminPassword }) => {
      await setupCompany(await connect(url, database, 'admin', adminPassword), company);
    },
  });
  begun.defer(() => server.stop());
  say(`up: ${JSON.stringify(server.timesMs)}`);
  const admin = await connect(server.url, server.database, 'admin', server.adminPassword);
  await asCompany(admin);
  const proxy: CuttingProxy = await startCuttingProxy(server.url);
  begun.defer(() => proxy.close());
  const { password } = company.user;
  const product = await startProduct({ url: proxy.url, database: server.database, password });
  begun.defer(() => product.stop());

  const drive = new Drive(product, proxy, admin, say);
  const failure = await drive.run(cases, signal).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (failure !== null) for (const line of product.complaints.slice(-20)) console.log(line.trimEnd());
  say('stopping');
  // After a failure, what can still be read is worth having.
  const result = await drive.result().catch((error: unknown) => {
    if (failure === null) throw error;
    return {};
  });
  await begun.disposeAsync();
  return report(result, failure, server.timesMs);
}

// Ctrl-C and the like: what was started does not outlive us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    killPrograms();
    process.exit(1);
  });

const isClean = await Promise.race([
  prove(AbortSignal.timeout(patienceMs)).catch((error: unknown) =>
    report({}, error instanceof Error ? (error.stack ?? error.message) : String(error), {}),
  ),
  sleep(endMs, 'too long' as const, { ref: false }),
]);
if (isClean === 'too long') {
  killPrograms();
  report({}, `not at its end after ${endMs / 60_000} minutes`, {});
}
process.exit(isClean === true ? 0 : 1);
