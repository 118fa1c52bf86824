import { Webhook } from 'standardwebhooks';
import { afterEach, expect, test } from 'vitest';
import { type EngineUnderTest, engineUnderTest, master, tenant } from '#tests/engine/engine-under-test.ts';
import { sendAlerts } from './alerts.ts';
import { actOnParked, listParked } from './parked.ts';
import { previewReplay, replayMessages } from './replay.ts';
import { readStatus } from './status.ts';
import { findEntities, traceEntity } from './trace.ts';

let engine: EngineUnderTest;
afterEach(() => engine.stop());
const rejectOnce = (): void =>
  engine.erp.faults.next({ kind: 'answer', status: 422 }, 1, (request) => request.method === 'POST');

test('one identifier shows one order with all that happened to it, in order', async () => {
  engine = await engineUnderTest();
  await engine.send('1', 'a');
  await engine.startWorker();
  await engine.drain();
  expect(await findEntities(engine.database, master, tenant, '1')).toEqual(['order:shop:1']);
  expect(await findEntities(engine.database, master, tenant, 'unheard-of')).toEqual([]);
  const trace = await traceEntity(engine.database, tenant, 'order:shop:1');
  expect(trace.links).toEqual([{ connection: 'shop', type: 'Thing', id: '1' }]);
  expect(trace.lines.map((line) => `${line.kind} ${line.outcome}`)).toEqual([
    'message webhook',
    'event applied',
    'command done',
    'attempt done',
    'command done',
    'attempt done',
  ]);
});

test('every message that came in is tallied', async () => {
  engine = await engineUnderTest();
  for (const [id, reason] of [
    ['1', 'a'],
    ['1', 'a'],
    ['2', 'b'],
    ['2', 'c'],
  ] as const)
    await engine.send(id, reason, `${id}/${reason}/${Math.random()}`);
  rejectOnce();
  await engine.startWorker();
  await engine.drain();
  const status = await readStatus(engine.database, tenant);
  expect(status).toMatchObject({
    received: 4,
    applied: 3,
    superseded: 1,
    rejected: 0,
    parked: 0,
    inFlight: 0,
    lanes: 0,
  });
  expect(status.parkedByCause).toMatchObject([{ kind: 'command', cause: 'rejected-by-platform', count: 1 }]);
  expect(status.workers).toHaveLength(1);
});

test('what stands still can be retried, with who and why on record', async () => {
  engine = await engineUnderTest();
  rejectOnce();
  await engine.send('1', 'a');
  await engine.startWorker();
  await engine.drain();
  const [parked] = await listParked(engine.database, tenant, { limit: 10 });
  if (parked === undefined) throw new Error('nothing is parked');
  await actOnParked(engine.database, tenant, parked.id, { action: 'retry' }, 'ann', 'opened the period');
  await engine.drain();
  expect(engine.erp.journal.effects.map((effect) => effect.key)).toEqual(['1/a']);
  expect(await listParked(engine.database, tenant, { limit: 10 })).toEqual([]);
  expect(await engine.rows('select actor, action, detail from audit')).toEqual([
    { actor: 'ann', action: 'parked.retry', detail: 'opened the period' },
  ]);
  await expect(
    actOnParked(engine.database, tenant, parked.id, { action: 'retry' }, 'ann', 'again'),
  ).rejects.toThrow(`nothing open is parked under ${parked.id}`);
});

test('a command that was done by hand is resolved with its document, and the process goes on from there', async () => {
  engine = await engineUnderTest();
  rejectOnce();
  await engine.send('1', 'a');
  await engine.startWorker();
  await engine.drain();
  const [parked] = await listParked(engine.database, tenant, { cause: 'rejected-by-platform', limit: 10 });
  await actOnParked(
    engine.database,
    tenant,
    parked?.id ?? 0,
    { action: 'resolve', refs: [{ connection: 'erp', type: 'Sale', id: '9' }] },
    'ann',
    'keyed by hand',
  );
  await engine.drain();
  expect(engine.erp.journal.effects).toEqual([]);
  expect(engine.crm.journal.effects.map((effect) => effect.key)).toEqual(['1/a']);
});

test('a discarded command is over, and its process is told', async () => {
  engine = await engineUnderTest();
  rejectOnce();
  await engine.send('1', 'a');
  await engine.startWorker();
  await engine.drain();
  const [parked] = await listParked(engine.database, tenant, { limit: 10 });
  await actOnParked(engine.database, tenant, parked?.id ?? 0, { action: 'discard' }, 'ann', 'not wanted');
  await engine.drain();
  expect(await engine.rows(`select state::json->'results' as results from instance`)).toEqual([
    { results: ['erp/a:rejected', 'erp/a:withdrawn'] },
  ]);
});

test('a replay shows first what it would take, takes exactly that, and repeats no effect', async () => {
  engine = await engineUnderTest();
  for (const id of ['1', '2', '3']) await engine.send(id, 'a');
  await engine.startWorker();
  await engine.drain();
  const preview = await previewReplay(engine.database, tenant, {
    connection: 'shop',
    disposition: 'applied',
    entity: 'order:shop:2',
    limit: 100,
  });
  expect(preview.map((candidate) => candidate.entity)).toEqual(['order:shop:2']);
  expect(await replayMessages(engine.database, tenant, preview, 'ann', 'mapping corrected')).toBe(1);
  await engine.drain();
  expect(engine.erp.journal.effects).toHaveLength(3);
  expect(
    await engine.rows(`select disposition from event_log where entity = 'order:shop:2' order by event_id`),
  ).toEqual([{ disposition: 'applied' }, { disposition: 'superseded' }]);
});

test('an alert is signed, says how many and why, and is sent once it was taken', async () => {
  engine = await engineUnderTest();
  engine.erp.faults.next({ kind: 'answer', status: 422 }, 3, (request) => request.method === 'POST');
  for (const id of ['1', '2', '3']) await engine.send(id, 'a');
  await engine.startWorker();
  await engine.drain();
  const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
  const taken: Record<string, unknown>[] = [];
  let answers = false;
  const post = async (
    _url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<boolean> => {
    if (answers) taken.push(new Webhook(secret).verify(body, { ...headers }) as Record<string, unknown>);
    return Promise.resolve(answers);
  };
  const target = { url: 'https://alerts.example', secret };
  expect(await sendAlerts(engine.database, tenant, target, post, 0)).toBe(0);
  answers = true;
  expect(await sendAlerts(engine.database, tenant, target, post, 0)).toBe(1);
  expect(taken).toMatchObject([
    { type: 'parked', data: { cause: 'rejected-by-platform', count: 3, connection: 'erp' } },
  ]);
  expect(await sendAlerts(engine.database, tenant, target, post, 0)).toBe(0);
});
