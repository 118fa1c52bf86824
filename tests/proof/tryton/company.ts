import { northwindApparel } from '#sandbox/traffic/northwind-apparel.ts';
import type { CompanySetup } from './setup-company.ts';

/** The US company that the proof's orders are booked in; fits the crosswalks below retailers/proof-apparel. */
export const company: CompanySetup = {
  name: 'Proof Apparel Inc.',
  currency: 'USD',
  otherCurrencies: [{ code: 'EUR', rate: '0.9213' }],
  countries: [
    {
      code: 'US',
      name: 'United States',
      subdivisions: [
        { code: 'US-CA', name: 'California' },
        { code: 'US-NY', name: 'New York' },
        { code: 'US-TX', name: 'Texas' },
        { code: 'US-OR', name: 'Oregon' },
      ],
    },
    { code: 'CA', name: 'Canada', subdivisions: [{ code: 'CA-ON', name: 'Ontario' }] },
    { code: 'DE', name: 'Germany', subdivisions: [] },
  ],
  taxes: [
    { name: 'California 7.25%', rate: '0.0725' },
    { name: 'New York 4%', rate: '0.04' },
    { name: 'Texas 6.25%', rate: '0.0625' },
  ],
  goods: northwindApparel.articles.map(({ sku, title, price }) => ({
    sku,
    name: title,
    price,
    stock: 10_000,
  })),
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
