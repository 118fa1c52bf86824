import type { TaxLine } from '#canonical/tax.ts';
import type { SourceTax } from '../source/source-order.ts';

/**
 * Shopify's tax lines as they stand: we never compute a tax. Shopify names no jurisdiction, component or code, only a title;
 * those come from the retailer's tax-code crosswalk, which is keyed by it.
 */
export const taxLines = (taxes: readonly SourceTax[], included: boolean): TaxLine[] =>
  taxes.map((tax) => ({
    title: tax.title,
    jurisdiction: null,
    component: null,
    code: null,
    rate: tax.rate,
    base: null,
    amount: tax.amount,
    included,
    exemption: null,
    liable: tax.channelLiable ? 'channel' : 'merchant',
  }));
