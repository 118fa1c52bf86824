import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HttpRequest } from '#connector-sdk/services.ts';
import type { EffectJournal } from './effect-journal.ts';
import { type Emulator, type EmulatorRequest, startEmulator } from './emulator.ts';
import { testServices, type TestServices } from './test-services.ts';

class Platform {
  readonly seen: EmulatorRequest[] = [];
  readonly #journal: EffectJournal;
  constructor(journal: EffectJournal) {
    this.#journal = journal;
  }
  handle(request: EmulatorRequest) {
    this.seen.push(request);
    if (request.path === '/defect') throw new Error('a bug in the emulator');
    this.#journal.record('thing.made', request.path, request.body);
    return { status: 201, headers: { 'x-left': '7' }, body: '{"ok":true}' };
  }
}

let emulator: Emulator<Platform>;
let services: TestServices;
beforeEach(async () => {
  emulator = await startEmulator((journal) => new Platform(journal));
  services = testServices();
});
afterEach(async () => {
  await services.close();
  await emulator.close();
});

const ask = (over: Partial<HttpRequest> = {}) =>
  services.http(emulator.url).request({
    method: 'POST',
    path: '/things?a=1&a=2',
    body: '{"n":"ä"}',
    deadlineMs: Date.now() + 5_000,
    ...over,
  });
const made = () => emulator.journal.effects.length;

test('a request reaches the platform whole, and its answer comes back', async () => {
  expect(await ask({ headers: { 'X-Key': 'k' } })).toMatchObject({
    kind: 'response',
    status: 201,
    headers: { 'x-left': '7', 'content-type': 'application/json' },
    body: '{"ok":true}',
  });
  const [seen] = emulator.platform.seen;
  expect(seen).toMatchObject({ method: 'POST', path: '/things', body: '{"n":"ä"}' });
  expect([seen?.headers['x-key'], seen?.query.getAll('a')]).toEqual(['k', ['1', '2']]);
});

test('an answer as fault comes without the effect', async () => {
  emulator.faults.next({
    kind: 'answer',
    status: 429,
    headers: { 'retry-after': '2' },
    body: '{"slow":"down"}',
  });
  expect(await ask()).toMatchObject({
    kind: 'response',
    status: 429,
    headers: { 'retry-after': '2' },
    body: '{"slow":"down"}',
  });
  expect(made()).toBe(0);
});

test('cut before: no effect; cut after: the effect, and no answer', async () => {
  emulator.faults.next({ kind: 'reset' });
  expect((await ask()).kind).toBe('lost');
  expect(made()).toBe(0);
  emulator.faults.next({ kind: 'reset-after' });
  expect((await ask()).kind).toBe('lost');
  expect(made()).toBe(1);
});

test('silence before: no effect; silence after: the effect; both end by the deadline', async () => {
  emulator.faults.next({ kind: 'hang', ms: 300 });
  expect((await ask({ deadlineMs: Date.now() + 100 })).kind).toBe('lost');
  expect(made()).toBe(0);
  emulator.faults.next({ kind: 'hang-after', ms: 300 });
  expect((await ask({ deadlineMs: Date.now() + 100 })).kind).toBe('lost');
  expect(made()).toBe(1);
});

test('an effect that is late: no answer now, the effect after a while', async () => {
  emulator.faults.next({ kind: 'effect-late', ms: 30 });
  expect((await ask()).kind).toBe('lost');
  expect(made()).toBe(0);
  await expect.poll(made).toBe(1);
});

test('a delay is only a delay', async () => {
  emulator.faults.next({ kind: 'delay', ms: 30 });
  expect(await ask()).toMatchObject({ kind: 'response', status: 201 });
});

test('a defect of the emulator is seen as one', async () => {
  expect(await ask({ path: '/defect' })).toMatchObject({ kind: 'response', status: 599 });
});

test('after it closed, nothing can be sent', async () => {
  await emulator.close();
  expect((await ask()).kind).toBe('not-sent');
});
