import { encodeDate, encodeDecimal, microInstant } from '../codec.ts';
import { decimal } from '#canonical/decimal.ts';
import type { Store } from './store.ts';

/** What the emulated company has from the start. Rates are fractions. */
export type Seed = {
  readonly currencies: readonly { readonly code: string; readonly digits: number }[];
  readonly countries: readonly string[];
  readonly subdivisions: readonly string[];
  readonly taxes: readonly { readonly name: string; readonly rate: string }[];
  readonly products: readonly { readonly code: string; readonly type?: 'goods' | 'service' }[];
  readonly warehouses: readonly string[];
  readonly paymentTerms: readonly string[];
  readonly taxRounding: 'document' | 'line';
};

export const defaultSeed: Seed = {
  currencies: [
    { code: 'GBP', digits: 2 },
    { code: 'USD', digits: 2 },
    { code: 'EUR', digits: 2 },
    { code: 'JPY', digits: 0 },
  ],
  countries: ['GB', 'US', 'CA', 'DE', 'FR', 'IE', 'NL', 'JP'],
  subdivisions: ['GB-ENG', 'US-CA', 'US-NY'],
  taxes: [
    { name: 'VAT 20%', rate: '0.2' },
    { name: 'VAT 5%', rate: '0.05' },
    { name: 'VAT 0%', rate: '0' },
  ],
  products: [
    { code: 'MUG-RED' },
    { code: 'TEE-BLUE-M' },
    { code: 'SHIP', type: 'service' },
    { code: 'ROUNDING', type: 'service' },
    { code: 'GIFT', type: 'service' },
    { code: 'FEE', type: 'service' },
    { code: 'TIP', type: 'service' },
    { code: 'DUTY', type: 'service' },
  ],
  warehouses: ['WH'],
  paymentTerms: ['Immediate', 'Net 30'],
  taxRounding: 'document',
};

const modules = [
  'sale',
  'stock',
  'account_invoice_stock',
  'stock_package_shipping',
  'sale_credit_limit',
  'sale_amendment',
];

/** Makes the company, its master data and an open period. */
export function plant(store: Store, seed: Seed, user: string, nowMs: number): void {
  store.create('account.configuration', { tax_rounding: seed.taxRounding });
  store.create('sale.configuration', {});
  store.create('res.user', { login: user, name: 'Integration' });
  for (const { code, digits } of seed.currencies)
    store.create('currency.currency', { code, name: code, digits });
  for (const code of seed.countries) store.create('country.country', { code, name: code });
  for (const code of seed.subdivisions) store.create('country.subdivision', { code, name: code });
  const owner = store.create('party.party', { name: 'Emulated Ltd', code: 'OWNER', active: true });
  store.create('company.company', { party: owner.id, currency: 1 });
  store.create('product.uom', { name: 'Unit', symbol: 'u', digits: 0, rounding: 1 });
  store.create('product.uom', { name: 'Kilogram', symbol: 'kg', digits: 3, rounding: 0.001 });
  for (const { name, rate } of seed.taxes)
    store.create('account.tax', { name, description: name, rate: encodeDecimal(decimal(rate)), company: 1 });
  for (const name of seed.paymentTerms) store.create('account.invoice.payment_term', { name });
  for (const code of seed.warehouses)
    store.create('stock.location', { code, name: `Warehouse ${code}`, type: 'warehouse' });
  for (const { code, type } of seed.products) addProduct(store, code, type ?? 'goods');
  for (const name of modules) store.create('ir.module', { name, state: 'activated', version: '6.0.0' });
  const year = microInstant(nowMs).slice(0, 4);
  store.create('account.period', {
    company: 1,
    state: 'open',
    start_date: encodeDate(`${year}-01-01`),
    end_date: encodeDate(`${year}-12-31`),
  });
}

export function addProduct(store: Store, code: string, type: 'goods' | 'service'): number {
  return store.create('product.product', {
    code,
    name: code,
    type,
    salable: true,
    default_uom: 1,
    sale_uom: 1,
  }).id;
}
