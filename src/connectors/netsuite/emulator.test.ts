import { afterEach, expect, test } from 'vitest';
import { newCall } from '#connector-sdk/call.ts';
import type { Session } from './client.ts';
import { type Bench, bench as open } from './testing/bench.ts';
import { placeOrder } from './testing/placed-order.ts';

const benches: Bench[] = [];
async function bench(...args: Parameters<typeof open>): Promise<Bench> {
  const opened = await open(...args);
  benches.push(opened);
  return opened;
}
afterEach(async () => void (await Promise.all(benches.splice(0).map((opened) => opened.close()))));

const ask = <T>({ client }: Bench, work: (session: Session) => Promise<T>) =>
  client.attempt(newCall({ timeoutMs: 5_000 }), work);
const line = '{"item":{"items":[{"item":{"id":"101"},"quantity":1,"rate":5}]}}';

test('lines without their number are added by a PATCH, and by a second one again', async () => {
  const at = await bench();
  const { account } = at.emulator.platform;
  const { id } = placeOrder(account, null);
  await ask(at, (session) => session.write('PATCH', `/salesOrder/${id}`, line));
  await ask(at, (session) => session.write('PATCH', `/salesOrder/${id}`, line));
  expect(account.transactions.get(id)?.lines).toHaveLength(3);
});

test('a transform is not idempotent: it takes what is left, and then refuses', async () => {
  const at = await bench();
  const { id } = placeOrder(at.emulator.platform.account, null);
  const part = '{"item":{"items":[{"orderLine":1,"quantity":1,"itemReceive":true}]}}';
  const fulfil = () =>
    ask(at, (session) => session.write('POST', `/salesOrder/${id}/!transform/itemFulfillment`, part));
  expect(await fulfil()).toHaveProperty('id');
  expect(await fulfil()).toHaveProperty('id');
  expect(await fulfil()).toMatchObject({ kind: 'rejected', code: 'user-error' });
  expect(at.emulator.journal.effects.filter(({ type }) => type === 'itemFulfillment.created')).toHaveLength(
    2,
  );
});

test('of two saves at a time the one that ends later is told that the record has been changed', async () => {
  const at = await bench({}, { saveMs: 50 });
  const { id } = placeOrder(at.emulator.platform.account, null);
  const save = () => ask(at, (session) => session.write('PATCH', `/salesOrder/${id}`, line));
  const kinds = (await Promise.all([save(), save()])).map((result) =>
    'kind' in result ? result.kind : 'saved',
  );
  expect(kinds.toSorted()).toEqual(['conflict', 'saved']);
});

test('an external id takes letters, digits, "-" and "_" only, and no method but PUT', async () => {
  const at = await bench();
  expect(
    await ask(at, (session) => session.write('PUT', '/customer/eid:a|b', '{"companyName":"A"}')),
  ).toMatchObject({
    kind: 'rejected',
  });
  expect(
    await ask(at, (session) => session.write('PATCH', '/customer/eid:ab', '{"companyName":"A"}')),
  ).toMatchObject({
    kind: 'rejected',
    code: 'method-not-allowed',
  });
});

test('a field that nobody has heard of is refused', async () => {
  const at = await bench();
  const { id } = placeOrder(at.emulator.platform.account, null);
  expect(
    await ask(at, (session) => session.write('PATCH', `/salesOrder/${id}`, '{"colour":"red"}')),
  ).toMatchObject({
    kind: 'rejected',
    code: 'invalid-content',
    field: 'colour',
  });
});

test('a query that the connector does not send gets an error that quotes it', async () => {
  const at = await bench();
  expect(await ask(at, (session) => session.query('SELECT * FROM vendor', 10))).toMatchObject({
    kind: 'rejected',
    code: 'invalid-parameter',
    detail: expect.stringContaining('SELECT * FROM vendor') as string,
  });
});

test('a closed period is a refusal that no repetition mends', async () => {
  const at = await bench();
  const { id } = placeOrder(at.emulator.platform.account, null);
  const body = JSON.stringify({
    status: 400,
    'o:errorDetails': [{ detail: 'The period is closed.', 'o:errorCode': 'USER_ERROR' }],
  });
  at.emulator.faults.next({ kind: 'answer', status: 400, body }, 1, ({ method }) => method === 'PATCH');
  expect(await ask(at, (session) => session.write('PATCH', `/salesOrder/${id}`, line))).toMatchObject({
    kind: 'rejected',
    code: 'user-error',
    detail: expect.stringContaining('The period is closed.') as string,
  });
});
