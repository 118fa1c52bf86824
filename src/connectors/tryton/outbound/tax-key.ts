import type { TaxLine } from '#canonical/tax.ts';

/** The key of the tax-code crosswalk: who levies it, which part, at what rate: `GB vat 0.2`. A tax that the marketplace pays ends in ` channel`. */
export function taxKey(tax: TaxLine): string {
  const liable = tax.liable === 'channel' ? 'channel' : null;
  return [tax.jurisdiction, tax.component ?? tax.title, tax.rate, liable]
    .filter((part) => part !== null)
    .join(' ');
}
