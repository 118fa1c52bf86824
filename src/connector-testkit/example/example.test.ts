import { afterEach, expect, test } from 'vitest';
import { newCall } from '#connector-sdk/call.ts';
import type { Emulator } from '#connector-testkit/emulator.ts';
import { testServices } from '#connector-testkit/test-services.ts';
import { sendCancel } from './cancel-delivery.ts';
import { example } from './connector.ts';
import { apiKey, type ExamplePlatform, startExample } from './emulator.ts';

let emulator: Emulator<ExamplePlatform> | undefined;
afterEach(() => emulator?.close());

test('an order that has left is rejected as too late', async () => {
  emulator = await startExample();
  emulator.platform.orders.set('1', {
    id: '1',
    number: 'SO-1',
    status: 'shipped',
    currency: 'EUR',
    total: '1.00',
    changedAt: '2026-11-24T12:00:00.000Z',
  });
  const config = example.config.parse({ baseUrl: emulator.url, apiKey, signingSecret: 'signing-secret' });
  const client = example.open(config, testServices());
  const outcome = await sendCancel({ orderId: '1', reason: 'buyer' }, newCall({ timeoutMs: 5_000 }), client);
  expect(outcome).toMatchObject({ kind: 'rejected', code: 'too-late' });
});
