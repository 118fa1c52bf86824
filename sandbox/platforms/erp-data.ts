import type { Seed } from '#connectors/tryton/emulator/seed.ts';
import type { RetailerSetUp } from './set-ups.ts';

const services = ['SHIP', 'ROUNDING', 'GIFT', 'FEE', 'TIP', 'DUTY'].map((code) => ({
  code,
  type: 'service' as const,
}));

/** What a retailer's emulated ERP knows: its articles, its taxes, and what is charged beside goods. */
export function erpData({ profile, erp }: RetailerSetUp): Partial<Seed> {
  const skus = [...profile.articles, ...profile.bundles].map(({ sku }) => sku);
  return {
    ...erp.data,
    products: [...skus.map((sku) => ({ code: erp.articleNumbers[sku] ?? sku })), ...services],
  };
}
