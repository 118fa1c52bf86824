import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCall } from '#connector-sdk/call.ts';
import type { DocumentReading } from '#connector-sdk/document.ts';
import type { Emulator } from '#connector-testkit/emulator.ts';
import { trytonEmulator, type TrytonPlatform } from '../emulator.ts';
import { type Bench, bench, connection } from '../testing/target.ts';
import { vatOrder } from '../testing/vat-order.ts';
import { readSale } from './read-sale.ts';

const password = 'secret-of-the-dock';
let emulator: Emulator<TrytonPlatform>;
let at: Bench;
beforeAll(async () => {
  emulator = await trytonEmulator({ password });
  at = bench({ baseUrl: emulator.url });
});
afterAll(async () => {
  await at.close();
  await emulator.close();
});
const read = (id: string, type = 'sale.sale'): Promise<DocumentReading> =>
  readSale({ type, id }, newCall({ timeoutMs: 10_000 }), at.client);

test('a sale is shown with its total, its reference and its goods by code and by id', async () => {
  const order = vatOrder({ id: '4711', lines: [{ sku: 'MUG-RED', quantity: '2', grossMinor: 1200 }] });
  const made = await at.create(order);
  if (made.kind !== 'done') throw new Error(JSON.stringify(made));
  const { id = '' } = made.refs?.[0] ?? {};
  const reading = await read(id);
  expect(reading).toMatchObject({
    kind: 'found',
    document: {
      ref: { connection, type: 'sale.sale', id },
      isCancelled: false,
      reference: at.render(order).reference,
      total: { ...order.totals.grand.presentment },
    },
  });
  const lines = reading.kind === 'found' ? reading.document.lines : [];
  const mug = lines.find(({ names }) => names.includes('MUG-RED'));
  expect(mug).toMatchObject({ quantity: '2', names: ['MUG-RED', expect.stringMatching(/^\d+$/)] });
  await at.cancel(id);
  expect(await read(id)).toMatchObject({ kind: 'found', document: { isCancelled: true } });
});

test('what is no sale, or no id of one, is not there', async () => {
  for (const id of ['999999', '0', 'S-4', '1e3', '']) expect(await read(id)).toEqual({ kind: 'absent' });
  expect(await read('1', 'party.party')).toEqual({ kind: 'absent' });
});

test('a server that does not answer shows nothing', async () => {
  emulator.faults.next({ kind: 'answer', status: 503 }, 1);
  expect(await read('1')).toMatchObject({ kind: 'unavailable' });
});
