import { conformance } from '#connector-testkit/conformance.ts';
import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import { loadCommandFixtures, loadInboundFixtures } from '#connector-testkit/fixtures.ts';
import { netsuite } from './connector.ts';
import { account, certificate, platform, timeZone } from './testing/bench.ts';
import { ecKeys } from './testing/keys.ts';
import { placeOrder } from './testing/placed-order.ts';

const fixtures = new URL('./fixtures/', import.meta.url);
const count = ({ effects }: EffectJournal, type: string): number =>
  effects.filter((effect) => effect.type === type).length;

conformance({
  connector: netsuite,
  emulator: () => platform(),
  config: ({ url }) => ({
    baseUrl: url,
    account,
    auth: { method: 'oauth2', ...certificate, algorithm: 'ES256', privateKey: ecKeys.privateKey },
    timeZone,
    items: 'same-as-sku',
    location: '1',
    subsidiary: '1',
  }),
  inbound: loadInboundFixtures(fixtures),
  commands: loadCommandFixtures(fixtures),
  trials: {
    'erp.order.create': {
      fixture: 'commands/vat-included-with-discount-and-shipping',
      effects: ({ journal }) => count(journal, 'salesOrder.created') - count(journal, 'salesOrder.deleted'),
    },
    'erp.order.amend': {
      fixture: 'commands/amend-one-more-of-a-line',
      // Its customer is record 4001, so that the order is 4002.
      prepare: ({ platform: { account: records } }) => void placeOrder(records, 'SO-shop_3a1001', 'line-1'),
      effects: ({ journal }) => count(journal, 'salesOrder.changed'),
    },
    'erp.order.cancel': {
      fixture: 'commands/cancel-by-the-key',
      prepare: ({ platform: { account: records } }) => void placeOrder(records, 'SO-shop_3a1001'),
      effects: ({ journal }) => count(journal, 'salesOrder.closed'),
    },
  },
  lag: (emulator, lagMs) => emulator.platform.delaySearches(lagMs),
});
