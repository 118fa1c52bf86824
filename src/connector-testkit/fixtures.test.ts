import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { loadCommandFixtures, loadInboundFixtures } from './fixtures.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

/** A fixtures folder with these files. */
function folderWith(files: Readonly<Record<string, unknown>>): URL {
  const folder = mkdtempSync(join(tmpdir(), 'fixtures-'));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return pathToFileURL(`${folder}/`);
}

const cancel = {
  command: 'erp.order.cancel',
  payload: { order: { connection: 'test', type: 'Order', id: '1' }, number: 'SO-1', reason: 'buyer' },
};

test('an inbound case gets a name, defaults, and the hash of its body in place of "$bodyHash"', () => {
  const [fixture] = loadInboundFixtures(
    folderWith({
      'inbound/orders/one.json': {
        given: { topic: 't', body: { a: 1 } },
        then: { subject: {}, events: [{ hash: '$bodyHash' }] },
      },
    }),
  );
  expect(fixture).toMatchObject({
    name: 'inbound/orders/one',
    message: { connection: 'test', topic: 't', body: { a: 1 } },
  });
  expect(fixture?.message.bodyHash).toMatch(/^[0-9a-f]{64}$/);
  expect(fixture?.then).toEqual({ subject: {}, events: [{ hash: fixture?.message.bodyHash }] });
});

test('numbers beyond 2^53 are kept', () => {
  const text = '{"given":{"topic":"t","body":{"id":820982911946154508}},"then":{"unmappable":["x"]}}';
  expect(loadInboundFixtures(folderWith({ 'inbound/one.json': text }))[0]?.message.body).toEqual({
    id: '820982911946154508',
  });
});

test('a file is put in the place of "$file", and "$set" changes values in it', () => {
  const folder = folderWith({
    'orders/base.json': { ...cancel.payload, number: 'SO-1' },
    'commands/one.json': {
      given: {
        ...cancel,
        payload: { $file: '../orders/base.json', $set: { number: 'SO-2', 'order.id': '2' } },
      },
      then: { request: null },
    },
  });
  const [fixture] = loadCommandFixtures(folder);
  expect(fixture?.payload).toEqual({
    ...cancel.payload,
    number: 'SO-2',
    order: { ...cancel.payload.order, id: '2' },
  });
});

test('a command case holds the snapshot that its render sees', () => {
  const folder = folderWith({
    'commands/one.json': {
      given: {
        ...cancel,
        connection: 'erp-1',
        crosswalks: { reason: { buyer: 'B' } },
        links: { Order: '9' },
      },
      then: { request: {} },
    },
  });
  expect(loadCommandFixtures(folder)[0]?.snapshot).toEqual({
    connection: 'erp-1',
    crosswalks: { 'erp-1': { reason: { buyer: 'B' } } },
    links: { Order: '9' },
    config: {},
  });
});

test('a folder without cases has none', () => expect(loadInboundFixtures(folderWith({}))).toEqual([]));

test.each([
  ['not JSON', '{', /inbound\/one\.json/],
  [
    'an unknown key',
    { given: { topic: 't', body: {}, colour: 1 }, then: { unmappable: ['x'] } },
    /inbound\/one is no fixture/,
  ],
  [
    'a file that is not there',
    { given: { topic: 't', body: { $file: 'none.json' } }, then: { unmappable: ['x'] } },
    /inbound\/one\.json/,
  ],
  ['nothing claimed', { given: { topic: 't', body: {} } }, /inbound\/one is no fixture/],
])('a wrong file is named: %s', (_title, content, message) => {
  expect(() => loadInboundFixtures(folderWith({ 'inbound/one.json': content }))).toThrow(message);
});

test('a payload that no process could send is refused', () => {
  const folder = folderWith({
    'commands/one.json': { given: { ...cancel, payload: { number: 1 } }, then: { request: {} } },
  });
  expect(() => loadCommandFixtures(folder)).toThrow(/commands\/one: given\.payload is no erp\.order\.cancel/);
});

test('"$set" on what is not there is refused', () => {
  const folder = folderWith({
    'base.json': {},
    'inbound/one.json': {
      given: { topic: 't', body: { $file: '../base.json', $set: { 'a.b': 1 } } },
      then: { unmappable: ['x'] },
    },
  });
  expect(() => loadInboundFixtures(folder)).toThrow(/no field "a"/);
});
