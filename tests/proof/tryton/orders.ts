import type { Order } from '#canonical/order.ts';
import { vatOrder } from '#connectors/tryton/testing/vat-order.ts';
import type { CompanySetup } from './setup-company.ts';

/** The company that the proof's orders are booked in. */
export const company: CompanySetup = {
  name: 'Proof Ltd',
  currency: 'GBP',
  countries: [{ code: 'GB', name: 'United Kingdom', subdivisions: [{ code: 'GB-ENG', name: 'England' }] }],
  taxes: [
    { name: 'VAT 20%', rate: '0.2' },
    { name: 'VAT 5%', rate: '0.05' },
    { name: 'VAT 0%', rate: '0' },
  ],
  goods: [
    { sku: 'MUG-RED', name: 'Mug, red', price: '10', stock: 10_000 },
    { sku: 'TEE-BLUE-M', name: 'Tee, blue, M', price: '16.66', stock: 10_000 },
  ],
  services: [
    { sku: 'SHIP', name: 'Shipping' },
    { sku: 'ROUNDING', name: 'Rounding' },
    { sku: 'GIFT', name: 'Gift card' },
    { sku: 'FEE', name: 'Fee' },
    { sku: 'TIP', name: 'Tip' },
    { sku: 'DUTY', name: 'Duties' },
  ],
  paymentTerms: [
    { name: 'Immediate', days: 0 },
    { name: 'Net 30', days: 30 },
  ],
  taxRounding: 'document',
  user: { login: 'tallyport', password: 'Quay-42-Lantern' },
};

/** What becomes of an order of the proof after it was created. */
export type Fate = 'stays' | 'shipped-and-invoiced' | 'cancelled';

/** One order with what is done to it, and whose answers get lost on the way. */
export type Case = {
  readonly name: string;
  readonly order: Order;
  readonly fate: Fate;
  /** JSON-RPC methods whose answer is cut, in turn. */ readonly lost: readonly string[];
};

export const cases: readonly Case[] = [
  {
    name: 'discount and shipping',
    order: vatOrder({
      id: '1',
      lines: [
        { sku: 'MUG-RED', quantity: '3', grossMinor: 1299, discountMinor: 100 },
        { sku: 'TEE-BLUE-M', quantity: '2', grossMinor: 1999 },
      ],
      shippingMinor: 499,
    }),
    fate: 'shipped-and-invoiced',
    lost: [],
  },
  {
    name: 'taxes rounded per line',
    order: vatOrder({
      id: '2',
      lines: Array.from({ length: 7 }, () => ({ sku: 'MUG-RED', grossMinor: 1001 })),
    }),
    fate: 'stays',
    lost: [],
  },
  {
    name: 'answer to create lost',
    order: vatOrder({ id: '3', customer: '78', shippingMinor: 499 }),
    fate: 'shipped-and-invoiced',
    lost: ['model.sale.sale.create'],
  },
  {
    name: 'answer to confirm lost',
    order: vatOrder({ id: '4', customer: '79' }),
    fate: 'stays',
    lost: ['model.sale.sale.confirm'],
  },
  {
    name: 'answers to party and quote lost',
    order: vatOrder({ id: '5', customer: '80' }),
    fate: 'stays',
    lost: ['model.party.party.create', 'model.sale.sale.quote'],
  },
  {
    name: 'guest with rounding of the source',
    order: vatOrder({ id: '6', customer: null, email: 'guest@example.com', roundingMinor: -2 }),
    fate: 'stays',
    lost: [],
  },
  { name: 'cancelled', order: vatOrder({ id: '7', shippingMinor: 499 }), fate: 'cancelled', lost: [] },
  {
    name: 'cancelled, answer lost',
    order: vatOrder({ id: '8' }),
    fate: 'cancelled',
    lost: ['model.stock.shipment.out.cancel'],
  },
];
