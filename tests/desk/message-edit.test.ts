import { afterEach, expect, test } from 'vitest';
import { mapped } from '#connector-sdk/mapping.ts';
import { readMessageBody } from '#connector-sdk/message-body.ts';
import { subjectOf } from '#connector-sdk/subject-of.ts';
import { storeMessages } from '#journal/intake-store.ts';
import { type EngineUnderTest, engineUnderTest, master, tenant } from '#tests/engine/engine-under-test.ts';
import { stubConnector } from '#tests/engine/stub-platform.ts';
import { readMessage } from '#ops/message-body.ts';
import { type EditCheck, type Edited, editMessage, type EditRequest } from '#ops/message-edit.ts';
import { readMessages } from '#ops/messages.ts';
import { actOnParked, listParked } from '#ops/parked.ts';
import { readStatus } from '#ops/status.ts';

let engine: EngineUnderTest;
afterEach(() => engine.stop());
const connector = stubConnector();

/** As the command line asks the connector of the message's connection. */
const check: EditCheck = ({ connection, topic, occurredAt }, bytes, bodyHash) => {
  const mapping = connector.inbound[topic];
  const read = readMessageBody(bytes);
  if (mapping === undefined || !read.ok)
    return { ok: false, problems: [{ path: '$', message: 'no object' }] };
  const result = mapped(() => {
    mapping.map({ connection, topic, occurredAt, body: read.body, bodyHash });
    return mapping.subject(read.body, connection);
  });
  return result.ok ? { ok: true, subject: result.value } : result;
};

async function receive(body: string, topic = 'thing/touched'): Promise<number> {
  const message = { connection: 'shop', topic, sourceEventId: body, body: Buffer.from(body) };
  const { subject } = subjectOf({ ...message, connector });
  const [receipt] = await storeMessages(engine.database, master, [
    { ...message, tenant, occurredAtMs: Date.now(), via: 'webhook', class: 1, subject },
  ]);
  return receipt?.messageId ?? 0;
}
const edit = (id: number, body: string, more: Partial<EditRequest> = {}): Promise<Edited> =>
  editMessage(engine.database, master, tenant, {
    id,
    change: () => Buffer.from(body),
    check,
    by: 'ann',
    reason: 'the shop forgot it',
    dryRun: false,
    ...more,
  });
const fates = async (): Promise<readonly string[]> => {
  const found: string[] = [];
  for await (const { messageId, entity, fate } of readMessages(engine.database, tenant))
    found.push(`${messageId} ${entity} ${fate}`);
  return found;
};

test('a message that could not be read is corrected, taken in again, and its difference is kept', async () => {
  engine = await engineUnderTest();
  const id = await receive('{"id":"1","email":"ann@example.com"}');
  await engine.startWorker();
  await engine.drain();
  expect(await fates()).toEqual([`${id} order:shop:1 parked`]);

  const { patch } = await edit(id, '{"id":"1","email":"ann@example.com","reason":"a"}');
  expect(patch).toEqual([{ op: 'add', path: '/reason', value: 'a' }]);
  await engine.drain();
  expect(engine.erp.journal.effects.map(({ key }) => key)).toEqual(['1/a']);
  expect(await fates()).toEqual([`${id} order:shop:1 applied`]);
  expect(await readStatus(engine.database, tenant)).toMatchObject({ received: 1, applied: 1, inFlight: 0 });
  expect(await listParked(engine.database, tenant, { limit: 9 })).toEqual([]);

  const message = await readMessage(engine.database, master, tenant, id, 'ben');
  expect(message.original.toString()).toBe('{"id":"1","email":"ann@example.com"}');
  expect(message.current.toString()).toBe('{"id":"1","email":"ann@example.com","reason":"a"}');
  expect(message.edits).toMatchObject([{ edit: 1, actor: 'ann', reason: 'the shop forgot it', patch }]);
  expect(await engine.rows('select actor, action, subject, detail from audit order by audit_id')).toEqual([
    {
      actor: 'ann',
      action: 'message.edit',
      subject: `message ${id} edit 1`,
      detail: 'the shop forgot it (/reason)',
    },
    { actor: 'ben', action: 'message.read', subject: `message ${id}`, detail: null },
  ]);
});

test('neither body nor difference of a correction can be read without the key of its message', async () => {
  engine = await engineUnderTest();
  const id = await receive('{"id":"1"}');
  await engine.startWorker();
  await engine.drain();
  await edit(id, '{"id":"1","reason":"a","note":"ann@example.com"}');
  await engine.drain();
  const [stored] = await engine.rows<{ body: Buffer; patch: Buffer }>('select body, patch from message_edit');
  expect(`${stored?.body.toString()}${stored?.patch.toString()}`).not.toContain('example.com');
  expect(JSON.stringify(await engine.rows('select * from audit'))).not.toContain('example.com');
  await engine.rows('delete from vault.message_key');
  await expect(readMessage(engine.database, master, tenant, id, 'ben')).rejects.toThrow(
    `the key of message ${id} was deleted`,
  );
});

test('a correction that cannot be read, or changes nothing, or is about another record, changes nothing', async () => {
  engine = await engineUnderTest();
  const id = await receive('{"id":"1"}');
  await engine.startWorker();
  await engine.drain();
  await expect(edit(id, '{"id":"1","reason":7}')).rejects.toThrow('it still cannot be read: reason: ');
  await expect(edit(id, ' {"id": "1"}')).rejects.toThrow('nothing is changed by it');
  await expect(edit(id, '{"id":"2","reason":"a"}')).rejects.toThrow(
    'it would be about another record: order:shop:2, not order:shop:1',
  );
  await expect(edit(999, '{"id":"1","reason":"a"}')).rejects.toThrow('no message 999 is kept here');
  expect(await edit(id, '{"id":"1","reason":"a"}', { dryRun: true })).toMatchObject({ edit: 1 });
  expect(await engine.rows('select from message_edit')).toEqual([]);
  expect(await fates()).toEqual([`${id} order:shop:1 parked`]);
});

test('a message whose record could not be told goes to its record once the correction names it', async () => {
  engine = await engineUnderTest();
  const id = await receive('not even JSON');
  await engine.startWorker();
  await engine.drain();
  expect(await fates()).toEqual([`${id} message:shop:not even JSON parked`]);
  expect(await edit(id, '{"id":"5","reason":"a"}')).toMatchObject({
    entity: 'order:shop:5',
    patch: [
      { op: 'test', path: '', value: 'not even JSON' },
      { op: 'replace', path: '', value: { id: '5', reason: 'a' } },
    ],
  });
  await engine.drain();
  expect(engine.erp.journal.effects.map(({ key }) => key)).toEqual(['5/a']);
  expect(await fates()).toEqual([`${id} order:shop:5 applied`]);
});

test('what was taken, given up or is in flight is not edited', async () => {
  engine = await engineUnderTest();
  const waiting = await receive('{"id":"1","reason":"a"}');
  await expect(edit(waiting, '{"id":"1","reason":"b"}')).rejects.toThrow(`message ${waiting} is in flight`);
  await engine.startWorker();
  await engine.drain();
  await expect(edit(waiting, '{"id":"1","reason":"b"}')).rejects.toThrow(`message ${waiting} is applied`);
  const given = await receive('{"id":"2"}');
  await engine.drain();
  const [parked] = await listParked(engine.database, tenant, { limit: 1 });
  await actOnParked(engine.database, tenant, parked?.id ?? 0, { action: 'discard' }, 'ann', 'none of ours');
  await expect(edit(given, '{"id":"2","reason":"b"}')).rejects.toThrow(`message ${given} is given up: only`);
});

test('a second correction starts from the first, and both stay on record', async () => {
  engine = await engineUnderTest();
  const id = await receive('{"id":"1"}', 'thing/unheard-of');
  await engine.startWorker();
  await engine.drain();
  expect((await fates())[0]).toMatch(/rejected$/);
  const anything: EditCheck = () => ({
    ok: true,
    subject: {
      entity: 'message',
      ref: { connection: 'shop', type: 'thing/unheard-of', id: '{"id":"1"}' },
      founds: true,
    },
  });
  await edit(id, '{"id":"1","a":1}', { check: anything });
  await engine.drain();
  await edit(id, '{"id":"1","a":2}', { check: anything });
  await engine.drain();
  const { edits } = await readMessage(engine.database, master, tenant, id, 'ben');
  expect(edits.map(({ patch }) => patch.at(-1))).toEqual([
    { op: 'add', path: '/a', value: 1 },
    { op: 'replace', path: '/a', value: 2 },
  ]);
});
