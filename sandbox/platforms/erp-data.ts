import type { Seed } from '#connectors/tryton/emulator/seed.ts';
import type { ShopProfile } from '../traffic/shop-profile.ts';

const services = ['SHIP', 'ROUNDING', 'GIFT', 'FEE', 'TIP', 'DUTY'].map((code) => ({ code, type: 'service' as const }));

/** What a retailer's emulated ERP knows: its articles, its taxes, and what is charged beside goods. */
export function erpData(profile: ShopProfile, erp: Pick<Seed, 'taxes' | 'warehouses' | 'taxRounding'>): Partial<Seed> {
  return { ...erp, products: [...profile.articles.map(({ sku: code }) => ({ code })), ...services] };
}
