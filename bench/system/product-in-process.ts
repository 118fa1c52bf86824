import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from '#server/config/environment.ts';
import { type Running, startTallyport } from '#server/start.ts';
import { openLog } from '#server/logger.ts';
import { EffectLog } from '../sinks/effect-log.ts';
import { RawHttpServer } from '../sinks/raw-http-server.ts';
import { SalesforceSink } from '../sinks/salesforce-sink.ts';
import { TrytonSink } from '../sinks/tryton-sink.ts';
import { secretVariables, writeRetailers } from './retailers-folder.ts';

export type ProductInProcess = {
  readonly running: Running;
  readonly tenants: readonly string[];
  readonly effects: EffectLog;
  /** Closes its connections to the database too, so that PostgreSQL's counters are whole. */
  stop(): Promise<void>;
};

export const masterKeyInProcess = Buffer.alloc(32, 9).toString('base64');

/** A worker in this process with its own connectors and sinks beside it: for counts, never for times. */
export async function startProductInProcess(databaseUrl: string, erpMs: number): Promise<ProductInProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'tallyport-budgets-'));
  const effects = new EffectLog({ erpKind: 'erp-carried', crmVersion: 2 });
  const [erp, crm] = [
    new TrytonSink(effects, { effectMs: erpMs, otherMs: 0 }),
    new SalesforceSink(effects, { effectMs: 1, otherMs: 0 }),
  ];
  const servers = [
    new RawHttpServer((request) => erp.answer(request)),
    new RawHttpServer((request) => crm.answer(request)),
  ] as const;
  for (const server of servers) await server.up();
  const [{ url: erpUrl }, { url: crmUrl }] = servers;
  const urls = { erp: erpUrl, otherErp: erpUrl, crm: crmUrl, shop: crmUrl };
  const tenants = await writeRetailers(join(directory, 'retailers'), urls, {
    retailers: 2,
    connectors: 'real',
  });
  const environment = readEnvironment({
    ...secretVariables,
    DATABASE_URL: databaseUrl,
    TALLYPORT_MASTER_KEY: masterKeyInProcess,
    TALLYPORT_RETAILERS_DIR: join(directory, 'retailers'),
    LOG_LEVEL: 'error',
    PORT: '0',
  });
  const running = await startTallyport({
    environment,
    roles: new Set(['worker']),
    log: openLog(environment.settings),
  });
  return {
    running,
    tenants,
    effects,
    async stop() {
      await running.stop();
      for (const server of servers) await server.down();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
