import { expect, test } from 'vitest';
import type { orderStatuses } from '#canonical/command.ts';
import { newCall } from '#connector-sdk/call.ts';
import { changesConfigSchema } from './changes/changes-config.ts';
import { deliverOrder } from './delivery/deliver-order.ts';
import { orgProfileSchema } from './org-profile.ts';
import { fixtureOrder, orgBench, payloadOf } from './testing/org-bench.ts';

const object = 'Shop_Order__c';
const fields = ['Status__c', 'Erp_Number__c', 'Total__c'];
const customObjects = {
  [object]: [
    { name: 'Account__c', type: 'reference', to: 'Account', relationship: 'Account__r' } as const,
    ...fields.map((name) => ({ name, type: name === 'Total__c' ? 'double' : 'string', length: 80 }) as const),
  ],
};
const orderFields = { status: 'Status__c', erpNumber: 'Erp_Number__c', grandTotal: 'Total__c' };
const bench = (options: object = {}, gatherMs = 20) =>
  orgBench(
    { customObjects, ...options },
    { orderMode: 'summary', summary: { object, gatherMs }, orderFields },
  );
type Bench = Awaited<ReturnType<typeof bench>>;

const orderNumber = (number: number) =>
  fixtureOrder('person', (order) => {
    const id = `9${String(number).padStart(6, '0')}`;
    Object.assign(order, { id: `order:shop:${id}`, number: `#${id}` });
    (order['ref'] as { id: string }).id = id;
  });
/** Each order at its next status, all at once, as workers send them. */
const sendAll = ({ render, client }: Bench, count: number, status: (typeof orderStatuses)[number]) =>
  Promise.all(
    Array.from({ length: count }, (_, number) =>
      deliverOrder(
        render(payloadOf(orderNumber(number), { status })),
        newCall({ timeoutMs: 10_000 }),
        client,
      ),
    ),
  );

test('an order is one record with its account, made once and kept current', async () => {
  await using org = await bench();
  expect((await sendAll(org, 1, 'captured'))[0]).toMatchObject({ kind: 'done', result: { created: true } });
  expect((await sendAll(org, 1, 'shipped'))[0]).toMatchObject({ kind: 'done', result: { created: false } });
  const [record, ...others] = org.org.records(object);
  expect(others).toEqual([]);
  expect(record).toMatchObject({
    Name: '#9000000',
    Status__c: 'shipped',
    Account__c: org.org.records('Account')[0]?.Id,
  });
});

test('100,000 orders of six updates a day fit into 150,000 calls, with the changes read besides', async () => {
  await using org = await bench({}, 2_000);
  await sendAll(org, 200, 'captured');
  const before = org.org.allowance.used;
  const updates = ['on-hold', 'released', 'shipped', 'invoiced', 'closed'] as const;
  for (const status of updates) await sendAll(org, 200, status);
  // A full batch is one call: 600,000 updates are 3,000 of them.
  expect(org.org.allowance.used - before).toBe(updates.length);
  // A batch that leaves because its time is up takes three at most, however few orders are in it.
  const dayMs = 86_400_000;
  const { summary } = orgProfileSchema.parse({ currency: 'USD', orderMode: 'summary', summary: { object } });
  const changes = changesConfigSchema.parse({});
  const gathered = 3 * (dayMs / (summary?.gatherMs ?? 1));
  const read = dayMs / changes.gatherMs + dayMs / changes.checkEveryMs + dayMs / (15 * 60_000);
  expect(600_000 / 200 + gathered + read).toBeLessThan(150_000);
});

test('each order has an outcome of its own: one that the org refuses holds up no other', async () => {
  const saveRules = [
    { object, refuses: (record: Record<string, unknown>) => record['Name'] === '#9000001', message: 'No.' },
  ];
  await using org = await bench({ saveRules });
  const outcomes = await sendAll(org, 3, 'captured');
  expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'rejected', 'done']);
});

test('an answer that is lost is unknown to all of them, and sent again it makes none twice', async () => {
  await using org = await bench();
  await sendAll(org, 1, 'captured');
  org.emulator.faults.next({ kind: 'reset-after' }, 1, (request) => request.method === 'PATCH');
  const lost = await sendAll(org, 3, 'released');
  expect(new Set(lost.map(({ kind }) => kind))).toEqual(new Set(['outcome-unknown']));
  const again = await sendAll(org, 3, 'released');
  expect(again.every(({ kind }) => kind === 'done')).toBe(true);
  expect(org.org.records(object)).toHaveLength(3);
});

test('an account that is gone since is looked up anew', async () => {
  await using org = await bench();
  await sendAll(org, 1, 'captured');
  org.org.erase('Account', org.org.records('Account')[0]?.Id ?? '');
  expect((await sendAll(org, 1, 'released'))[0]).toMatchObject({ kind: 'conflict', stale: false });
  expect((await sendAll(org, 1, 'released'))[0]).toMatchObject({ kind: 'done' });
});
