import { conformance } from '#connector-testkit/conformance.ts';
import { loadCommandFixtures, loadInboundFixtures } from '#connector-testkit/fixtures.ts';
import { example } from './connector.ts';
import { apiKey, startExample } from './emulator.ts';
import { signature, toleranceMs } from './webhook.ts';

const fixtures = new URL('./fixtures/', import.meta.url);

conformance({
  connector: example,
  emulator: async () => {
    const emulator = await startExample();
    emulator.platform.orders.set('7001', {
      id: '7001',
      number: 'SO-7001',
      status: 'open',
      currency: 'EUR',
      total: '49.90',
      changedAt: '2026-11-24T12:00:00.000Z',
    });
    return emulator;
  },
  config: ({ url }) => ({ baseUrl: url, apiKey, signingSecret: 'canary-signing-secret' }),
  inbound: loadInboundFixtures(fixtures),
  commands: loadCommandFixtures(fixtures),
  trials: {
    'erp.order.cancel': {
      fixture: 'commands/order-cancel',
      effects: ({ journal }) => journal.counts('order.cancelled').get('7001') ?? 0,
    },
  },
  webhook: {
    sign: (body, config, nowMs) => ({ 'x-example-signature': signature(body, config.signingSecret, nowMs) }),
    body: { id: 'evt-1', event: 'order.changed', at: '2026-11-24T12:00:00.000Z', order: { id: '7001' } },
    signatureHeader: 'x-example-signature',
    otherSecret: (config) => ({ ...config, signingSecret: 'another-signing-secret' }),
    staleAfterMs: toleranceMs,
  },
  lag: (emulator, lagMs) => {
    emulator.platform.lagMs = lagMs;
  },
});
