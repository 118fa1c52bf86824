import { type AccountData, defaultData } from '#connectors/netsuite/emulator/account.ts';
import type { Seed } from '#connectors/tryton/emulator/seed.ts';
import type { NetSuiteSetUp, RetailerSetUp, TrytonSetUp } from './set-ups.ts';

/** What is charged beside goods. */
const services = ['SHIP', 'ROUNDING', 'GIFT', 'FEE', 'TIP', 'DUTY'];

/** What a retailer's emulated Tryton knows: its articles, its taxes, and what is charged beside goods. */
export function erpData(setUp: TrytonSetUp): Partial<Seed> {
  const { data, articleNumbers } = setUp.erp;
  return {
    ...data,
    products: [
      ...skusOf(setUp).map((sku) => ({ code: articleNumbers[sku] ?? sku })),
      ...services.map((code) => ({ code, type: 'service' as const })),
    ],
  };
}

/** The first internal id of articles that go by their name. */
const firstItem = 1_001;
const firstService = 901;

/** The same of a retailer's emulated NetSuite account; its own article numbers are internal ids. */
export function accountData(setUp: NetSuiteSetUp): AccountData {
  const { data, articleNumbers } = setUp.erp;
  return {
    ...defaultData,
    ...data,
    items: [
      ...skusOf(setUp).map((sku, index) => ({
        id: articleNumbers[sku] ?? String(firstItem + index),
        itemId: sku,
      })),
      ...services.map((itemId, index) => ({ id: String(firstService + index), itemId, isService: true })),
    ],
    currencies: [...defaultData.currencies, { id: '9', symbol: 'KWD' }],
  };
}

const skusOf = ({ profile }: RetailerSetUp): readonly string[] =>
  [...profile.articles, ...profile.bundles].map(({ sku }) => sku);
