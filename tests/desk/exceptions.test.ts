import { afterEach, expect, test } from 'vitest';
import type { BoundProcess } from '#dispatch/lane-rules/host.ts';
import type { ExceptionNotice } from '#processes/process.ts';
import { type EngineUnderTest, engineUnderTest, tenant } from '#tests/engine/engine-under-test.ts';
import { assignExceptions, resolveExceptions } from '#ops/exception-actions.ts';
import { listExceptions, showException, summariseExceptions } from '#ops/exceptions.ts';
import { actOnParked } from '#ops/parked.ts';

let engine: EngineUnderTest;
afterEach(() => engine.stop());

/** A message's reason is what it has opened: `<key>:<cause>:<minor><currency>`; `heal:<key>` closes it. */
const troubled: BoundProcess = {
  name: 'troubled',
  version: 1,
  decide(state, input) {
    const reason =
      input.kind === 'event' && input.event.type === 'order.touched' ? input.event.data.reason : '';
    const [key = '', cause = '', value = ''] = reason.replace('heal:', '').split(':');
    const notice: ExceptionNotice = {
      key,
      open: !reason.startsWith('heal:'),
      cause,
      detail: `because of ${reason}`,
      remedy: 'Mend it.',
      value: value === '' ? null : { amountMinor: Number(value.slice(0, -3)), currency: value.slice(-3) },
    };
    return {
      state: state ?? {},
      disposition: { kind: 'applied' },
      commands: [],
      withdraw: [],
      deadlines: [],
      exceptions: reason === '' ? [] : [notice],
      links: [],
    };
  },
};

async function withTroubles(...reasons: readonly (readonly [id: string, reason: string])[]): Promise<void> {
  engine = await engineUnderTest();
  await engine.startWorker({ processFor: () => troubled });
  for (const [id, reason] of reasons) {
    await engine.send(id, reason);
    await engine.drain();
  }
}
const open = () => listExceptions(engine.database, tenant, { limit: 100 });

test('what healed by itself says what healed it, and keeps its whole history', async () => {
  await withTroubles(['1', 'a:stock-short:500EUR'], ['1', 'a:stock-short:700EUR']);
  const [found] = await open();
  expect(found).toMatchObject({ cause: 'stock-short', valueMinor: 700, currency: 'EUR', owner: null });
  const id = found?.id ?? 0;
  await assignExceptions(engine.database, tenant, [id], 'ben', 'ann');
  await engine.send('1', 'heal:a');
  await engine.drain();
  expect(await open()).toEqual([]);
  const shown = await showException(engine.database, tenant, id);
  expect(shown).toMatchObject({ owner: 'ben', healedBy: 'shop thing/touched' });
  expect(shown.closedAt).not.toBeNull();
  expect(shown.history.map(({ what, by, detail }) => [what, by, detail])).toEqual([
    ['opened', 'tallyport', 'stock-short: because of a:stock-short:500EUR'],
    ['changed', 'tallyport', 'stock-short: because of a:stock-short:700EUR'],
    ['assigned', 'ann', 'ben'],
    ['closed', 'tallyport', expect.stringMatching(/^healed by event:\d+$/)],
  ]);
});

test('a list narrows to a cause, an owner, nobody, an order and an age', async () => {
  await withTroubles(
    ['1', 'a:stock-short:500EUR'],
    ['1', 'b:missing-in-erp:500EUR'],
    ['2', 'a:stock-short:9USD'],
  );
  const [first] = await open();
  await assignExceptions(engine.database, tenant, [first?.id ?? 0], 'ben', 'ann');
  const ids = async (filter: object): Promise<readonly string[]> =>
    (await listExceptions(engine.database, tenant, { limit: 100, ...filter })).map(
      ({ entity, key }) => `${entity} ${key}`,
    );
  expect(await ids({ cause: 'missing-in-erp' })).toEqual(['order:shop:1 b']);
  expect(await ids({ owner: 'ben' })).toEqual(['order:shop:1 a']);
  expect(await ids({ owner: null })).toEqual(['order:shop:1 b', 'order:shop:2 a']);
  expect(await ids({ entity: 'order:shop:2' })).toEqual(['order:shop:2 a']);
  expect(await ids({ olderThanMs: 3_600_000 })).toEqual([]);
  expect(await ids({ kind: 'command' })).toEqual([]);
  expect(await ids({ limit: 1 })).toEqual(['order:shop:1 a']);
});

test('the money at stake counts an order once for each cause, and never adds up currencies', async () => {
  await withTroubles(
    ['1', 'a:stock-short:500EUR'],
    ['1', 'b:stock-short:800EUR'],
    ['2', 'a:stock-short:9USD'],
    ['3', 'a:stock-short:-100EUR'],
    ['4', 'a:undeliverable:'],
  );
  expect(await summariseExceptions(engine.database, tenant, {})).toMatchObject([
    {
      cause: 'stock-short',
      count: 4,
      unowned: 4,
      atRisk: [
        { currency: 'EUR', amountMinor: 900 },
        { currency: 'USD', amountMinor: 9 },
      ],
    },
    { cause: 'undeliverable', count: 1, atRisk: [] },
  ]);
});

test('a person closes an exception with a reason, on record, and a change of the trouble opens it again', async () => {
  await withTroubles(['1', 'a:stock-short:500EUR']);
  const id = (await open())[0]?.id ?? 0;
  await resolveExceptions(engine.database, tenant, [id], 'ann', 'the buyer agreed');
  expect(await open()).toEqual([]);
  expect(await listExceptions(engine.database, tenant, { state: 'closed', limit: 9 })).toMatchObject([
    { id, resolution: 'resolved by ann: the buyer agreed' },
  ]);
  expect((await showException(engine.database, tenant, id)).history.at(-1)).toMatchObject({
    what: 'closed',
    by: 'ann',
  });
  expect(await engine.rows('select actor, action, subject, detail from audit')).toEqual([
    {
      actor: 'ann',
      action: 'exception.resolve',
      subject: 'order:shop:1 exception a',
      detail: 'the buyer agreed',
    },
  ]);
  await engine.send('1', 'a:stock-short:600EUR');
  await engine.drain();
  expect(await open()).toMatchObject([{ valueMinor: 600 }]);
});

test('of several, all are changed or none', async () => {
  await withTroubles(['1', 'a:stock-short:500EUR']);
  const id = (await open())[0]?.id ?? 0;
  await expect(assignExceptions(engine.database, tenant, [id, 999], 'ben', 'ann')).rejects.toThrow(
    'nothing open is parked under 999',
  );
  await expect(resolveExceptions(engine.database, tenant, [id, 999], 'ann', 'x')).rejects.toThrow('999');
  expect(await open()).toMatchObject([{ owner: null }]);
  await assignExceptions(engine.database, tenant, [id], 'ben', 'ann');
  await assignExceptions(engine.database, tenant, [id], null, 'ann');
  expect(await open()).toMatchObject([{ owner: null }]);
});

test('a command that stands still cannot be closed by a word: it would be lost', async () => {
  engine = await engineUnderTest();
  engine.erp.faults.next({ kind: 'answer', status: 422 }, 1, (request) => request.method === 'POST');
  await engine.startWorker();
  await engine.send('1', 'a');
  await engine.drain();
  const id = (await open())[0]?.id ?? 0;
  await expect(resolveExceptions(engine.database, tenant, [id], 'ann', 'x')).rejects.toThrow(
    `${id} is a command: link the document`,
  );
  await actOnParked(engine.database, tenant, id, { action: 'retry' }, 'ann', 'mended');
  await engine.drain();
  expect((await showException(engine.database, tenant, id)).history.map(({ what }) => what)).toEqual([
    'opened',
    'closed',
  ]);
});

test('another tenant sees none of it', async () => {
  await withTroubles(['1', 'a:stock-short:500EUR']);
  const id = (await open())[0]?.id ?? 0;
  expect(await listExceptions(engine.database, 'other', { limit: 9 })).toEqual([]);
  await expect(showException(engine.database, 'other', id)).rejects.toThrow(`nothing is parked under ${id}`);
});
