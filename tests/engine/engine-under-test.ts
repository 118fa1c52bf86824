import { setTimeout as sleep } from 'node:timers/promises';
import type { Connector } from '#connector-sdk/connector.ts';
import { testServices } from '#connector-testkit/test-services.ts';
import type { Emulator } from '#connector-testkit/emulator.ts';
import { type Database, inTransaction, openDatabase } from '#journal/database.ts';
import { storeMessages } from '#journal/intake-store.ts';
import { migrate } from '#journal/migrate.ts';
import { masterKeyFrom } from '#journal/sealed-box.ts';
import type { Installation } from '#dispatch/open-connection.ts';
import type { WorkerOptions } from '#dispatch/worker-options.ts';
import { Worker } from '#dispatch/worker.ts';
import { testDatabase } from '../postgres/test-database.ts';
import { relayProcess } from './relay-process.ts';
import { startStubPlatform, stubConnector, type StubPlatform } from './stub-platform.ts';

export const master = masterKeyFrom(Buffer.alloc(32, 7).toString('base64'));
export const tenant = 'acme';

/** A journal with two stub platforms, `erp` and `crm`, and as many workers as a test starts. */
export type EngineUnderTest = {
  readonly database: Database;
  readonly url: string;
  readonly superuserUrl: string;
  readonly erp: Emulator<StubPlatform>;
  readonly crm: Emulator<StubPlatform>;
  readonly crosswalks: Record<string, Record<string, Record<string, string>>>;
  readonly log: ReturnType<typeof testServices>['logs'];
  startWorker(options?: Partial<WorkerOptions>): Promise<Worker>;
  send(id: string, reason: string, eventId?: string): Promise<string>;
  /** Waits until nothing is left to do; fails after `withinMs`. */
  drain(withinMs?: number): Promise<void>;
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
};

export async function engineUnderTest(
  connectors: { erp?: Connector; crm?: Connector } = {},
): Promise<EngineUnderTest> {
  const place = await testDatabase();
  const database = openDatabase(place.url);
  await migrate(database);
  const [erp, crm] = await Promise.all([startStubPlatform(), startStubPlatform()]);
  const services = testServices();
  const open = (id: string, connector: Connector, baseUrl: string) => ({
    tenant,
    id,
    connector,
    client: connector.open({ baseUrl }, services) as unknown,
    config: { baseUrl },
  });
  const connections = [
    open('erp', connectors.erp ?? stubConnector(), erp.url),
    open('crm', connectors.crm ?? stubConnector(), crm.url),
    open('shop', stubConnector(), erp.url),
  ];
  const installation: Installation = {
    tenants: [tenant],
    connections,
    connection: (_tenant, id) => connections.find((each) => each.id === id) ?? null,
  };
  const workers: Worker[] = [];
  const engine: EngineUnderTest = {
    database,
    url: place.url,
    superuserUrl: place.superuserUrl,
    erp,
    crm,
    crosswalks: {},
    log: services.logs,
    async startWorker(options) {
      const worker = await Worker.start({
        database,
        master,
        installation,
        log: services.log,
        processFor: () => relayProcess,
        crosswalks: () => engine.crosswalks,
        aliasesOf: () => [],
        ...options,
      });
      workers.push(worker);
      return worker;
    },
    async send(id, reason, eventId = `${id}/${reason}`) {
      const [receipt] = await storeMessages(database, master, [
        {
          tenant,
          connection: 'shop',
          topic: 'thing/touched',
          sourceEventId: eventId,
          occurredAtMs: Date.now(),
          via: 'webhook',
          class: 1,
          subject: { entity: 'order', ref: { connection: 'shop', type: 'Thing', id }, founds: true },
          body: Buffer.from(JSON.stringify({ id, reason })),
        },
      ]);
      if (receipt === undefined) throw new Error('no receipt');
      return receipt.outcome;
    },
    async drain(withinMs = 15_000) {
      const until = Date.now() + withinMs;
      for (;;) {
        const lanes = await engine.rows<{ entity: string; todo: number }>('select * from lane');
        if (lanes.length === 0) return;
        if (Date.now() > until)
          throw new Error(
            `still to do: ${JSON.stringify(lanes)} ${JSON.stringify(await engine.rows('select * from command'))} ${JSON.stringify(services.logs.slice(-10))}`,
          );
        await sleep(25);
      }
    },
    rows: (sql, values) =>
      inTransaction(database, [tenant], async (client) => (await client.query(sql, values)).rows as never),
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await database.end();
      await Promise.all([erp.close(), crm.close()]);
      await place.drop();
    },
  };
  return engine;
}
