import { conformance } from '#connector-testkit/conformance.ts';
import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import { loadCommandFixtures, loadInboundFixtures } from '#connector-testkit/fixtures.ts';
import { tryton } from './connector.ts';
import { trytonEmulator } from './emulator.ts';

const fixtures = new URL('./fixtures/', import.meta.url);
const count = ({ effects }: EffectJournal, type: string): number =>
  effects.filter((effect) => effect.type === type).length;

conformance({
  connector: tryton,
  emulator: () => trytonEmulator({ password: 'secret-of-the-dock' }),
  config: ({ url }) => ({
    baseUrl: url,
    database: 'tryton',
    user: 'tallyport',
    password: 'secret-of-the-dock',
    items: 'same-as-sku',
  }),
  inbound: loadInboundFixtures(fixtures),
  commands: loadCommandFixtures(fixtures),
  trials: {
    'erp.order.create': {
      fixture: 'commands/vat-included-with-discount-and-shipping',
      // The order takes effect when it is processed; a second sale beside it would be a second effect.
      effects: ({ journal }) => {
        const sales = count(journal, 'sale.created') - count(journal, 'sale.deleted');
        return sales > 1 ? sales : count(journal, 'sale.processed');
      },
    },
    'erp.order.amend': {
      fixture: 'commands/amend-one-more-of-a-line',
      prepare: ({ platform }) => {
        const { store, sales } = platform;
        const party = store.create('party.party', { name: 'Ada Example', code: 'shop/Customer/77' }).id;
        const address = store.create('party.address', {
          party,
          party_name: 'Ada Example',
          street: '1 Harbour Street',
          postal_code: 'PO1 2AB',
          city: 'Portsmouth',
          country: 1,
          subdivision: null,
        }).id;
        const line = (product: number, quantity: number, price: string, lineId: string | null) => ({
          type: 'line',
          product,
          quantity,
          unit: 1,
          unit_price: { __class__: 'Decimal', decimal: price },
          taxes: [['add', [1]]],
          note: lineId === null ? null : `tallyport:line ${lineId}`,
        });
        const sale = sales.create({
          reference: 'order:shop:1001',
          party,
          invoice_address: address,
          shipment_address: address,
          currency: 1,
          warehouse: 1,
          lines: [
            [
              'create',
              [line(1, 2, '10.5467', 'line-1'), line(2, 1, '16.6600', 'line-2'), line(3, 1, '4.1600', null)],
            ],
          ],
        });
        sales.press('quote', [sale]);
        sales.press('confirm', [sale]);
      },
      effects: ({ journal }) => count(journal, 'sale.amended'),
    },
    'erp.order.cancel': {
      fixture: 'commands/by-the-sale',
      prepare: ({ platform }) => {
        const party = platform.store.create('party.party', { name: 'Ada', code: 'shop/Customer/77' }).id;
        const address = platform.store.create('party.address', { party, street: '1 Harbour Street' }).id;
        const line = {
          type: 'line',
          product: 1,
          quantity: 1,
          unit: 1,
          unit_price: { __class__: 'Decimal', decimal: '10.00' },
        };
        const sale = platform.sales.create({
          reference: 'order:shop:1001',
          party,
          invoice_address: address,
          shipment_address: address,
          currency: 1,
          warehouse: 1,
          lines: [['create', [line]]],
        });
        platform.sales.press('quote', [sale]);
        platform.sales.press('confirm', [sale]);
      },
      effects: ({ journal }) => count(journal, 'sale.cancelled'),
    },
  },
  lag: (emulator, lagMs) => emulator.platform.delaySearches(lagMs),
});
