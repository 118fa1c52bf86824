import { afterEach, expect, test } from 'vitest';
import { testServices } from '#connector-testkit/test-services.ts';
import type { Emulator } from '#connector-testkit/emulator.ts';
import type { Installation, OpenConnection } from '#dispatch/open-connection.ts';
import { inTransaction } from '#journal/database.ts';
import { storeMessages } from '#journal/intake-store.ts';
import { type EngineUnderTest, engineUnderTest, master } from '../engine/engine-under-test.ts';
import { startStubPlatform, stubConnector, type StubPlatform } from '../engine/stub-platform.ts';

let engine: EngineUnderTest;
const platforms: Emulator<StubPlatform>[] = [];
afterEach(async () => {
  await engine.stop();
  await Promise.all(platforms.splice(0).map((platform) => platform.close()));
});

/** One tenant's ERP and CRM are its own; the worker and the database are shared. */
async function installationOf(tenants: readonly string[]) {
  const services = testServices();
  const systems = new Map<string, { erp: Emulator<StubPlatform>; crm: Emulator<StubPlatform> }>();
  const connections: OpenConnection[] = [];
  for (const tenant of tenants) {
    const [erp, crm] = await Promise.all([startStubPlatform(), startStubPlatform()]);
    platforms.push(erp, crm);
    systems.set(tenant, { erp, crm });
    for (const [id, baseUrl] of [
      ['erp', erp.url],
      ['crm', crm.url],
      ['shop', erp.url],
    ] as const) {
      const connector = stubConnector({ concurrency: 5 });
      connections.push({
        tenant,
        id,
        connector,
        client: connector.open({ baseUrl }, services),
        config: { baseUrl },
      });
    }
  }
  const installation: Installation = {
    tenants,
    connections,
    connection: (tenant, id) => connections.find((each) => each.tenant === tenant && each.id === id) ?? null,
  };
  return { installation, systems };
}

const offer = async (tenant: string, count: number): Promise<void> => {
  for (let from = 0; from < count; from += 100)
    await storeMessages(
      engine.database,
      master,
      Array.from({ length: Math.min(100, count - from) }, (_, index) => {
        const id = `${tenant}-${from + index}`;
        return {
          tenant,
          connection: 'shop',
          topic: 'thing/touched',
          sourceEventId: id,
          occurredAtMs: Date.now(),
          via: 'webhook' as const,
          class: 1,
          subject: { entity: 'order' as const, ref: { connection: 'shop', type: 'Thing', id }, founds: true },
          body: Buffer.from(JSON.stringify({ id, reason: 'a' })),
        };
      }),
    );
};

test('a tenant with ten times the load, all of it before the other’s, leaves the other’s orders moving', async () => {
  engine = await engineUnderTest();
  const { installation, systems } = await installationOf(['loud', 'quiet']);
  const [loud, quiet] = [systems.get('loud')!, systems.get('quiet')!];
  for (const { erp, crm } of [loud, quiet])
    for (const each of [erp, crm])
      each.faults.often({ kind: 'delay', ms: 20 }, 1, (request) => request.method === 'POST');
  await offer('loud', 1_000);
  await offer('quiet', 100);
  await engine.startWorker({ installation, maxLanes: 80 });
  await expect.poll(() => quiet.crm.journal.effects.length, { timeout: 25_000 }).toBe(100);
  // In the order of arrival the other's would have been the last of all.
  const ofLoud = loud.crm.journal.effects.length;
  expect(ofLoud).toBeLessThan(500);
  expect(ofLoud).toBeGreaterThan(0);
  expect(
    await inTransaction(
      engine.database,
      ['loud', 'quiet'],
      async (client) => (await client.query('select * from parked')).rows,
    ),
  ).toEqual([]);
});
