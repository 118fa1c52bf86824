import { testServices } from '#connector-testkit/test-services.ts';
import type { Installation } from '#dispatch/open-connection.ts';
import { Scheduler } from '#dispatch/scheduler.ts';
import { Worker } from '#dispatch/worker.ts';
import { openDatabase } from '#journal/database.ts';
import { masterKeyFrom } from '#journal/sealed-box.ts';
import { listenForWork } from '#journal/work-signal.ts';
import { relayProcess } from '../engine/relay-process.ts';
import { stubConnector } from '../engine/stub-platform.ts';

/** One worker process of the kill test: `node worker-main.ts <database url> <erp url> <crm url> <name>`. */
const [url, erpUrl, crmUrl, node] = process.argv.slice(2) as [string, string, string, string];
const tenant = 'acme';
const master = masterKeyFrom(Buffer.alloc(32, 7).toString('base64'));
const services = testServices();
const connector = stubConnector({ timeoutMs: 2_000, settleMs: 300, searchLagMs: 200, concurrency: 20 });
const open = (id: string, baseUrl: string) => ({
  tenant,
  id,
  connector,
  client: connector.open({ baseUrl }, services) as unknown,
  config: { baseUrl },
});
const connections = [open('erp', erpUrl), open('crm', crmUrl), open('shop', erpUrl)];
const installation: Installation = {
  tenants: [tenant],
  connections,
  connection: (_tenant, id) => connections.find((each) => each.id === id) ?? null,
};
const database = openDatabase(url, { onError: () => undefined });
const signal = listenForWork(url, () => undefined);
const worker = await Worker.start({
  database,
  master,
  installation,
  log: services.log,
  node,
  signal,
  processFor: () => relayProcess,
  crosswalks: () => ({}),
  aliasesOf: () => [],
});
const scheduler = await Scheduler.start({
  database,
  master,
  installation,
  log: services.log,
  node,
  publicUrl: null,
});
process.stdout.write('ready\n');
process.once('SIGTERM', () => {
  void (async () => {
    await scheduler.stop();
    await worker.stop();
    await signal.close();
    await database.end();
    process.exit(0);
  })();
});
