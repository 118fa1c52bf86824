import type { TaxLine } from '#canonical/tax.ts';
import type { RenderContext } from '#connector-sdk/mapping.ts';
import { leviedTaxes } from './net-amounts.ts';
import { recordName } from './record-name.ts';
import type { RecordName } from './request.ts';

/** Who levies it, which part, at what rate: `GB vat 0.2`. A tax that the marketplace pays ends in ` channel`. */
const taxKey = (tax: TaxLine): string =>
  [tax.jurisdiction, tax.component ?? tax.title, tax.rate, tax.liable === 'channel' ? 'channel' : null]
    .filter((part) => part !== null)
    .join(' ');

/** A line has one tax code in NetSuite, so several taxes are one tax group: their keys in order, joined by ` + `. */
export const taxGroupKey = (taxes: readonly TaxLine[]): string =>
  leviedTaxes(taxes).map(taxKey).toSorted().join(' + ');

/** The tax code of a line; null where nothing is levied and the row "none" is absent. @throws UnmappableError */
export function taxCode(taxes: readonly TaxLine[], path: string, context: RenderContext): RecordName | null {
  const levied = leviedTaxes(taxes);
  if (levied.length === 0) return untaxed(context);
  const key = taxGroupKey(taxes);
  // Nothing is charged at rate zero, so only a retailer that reports zero-rated sales needs the row.
  if (levied.every(({ rate }) => Number(rate) === 0)) {
    const word = context.crosswalkOptional('tax-code', key);
    return word === null ? untaxed(context) : recordName(word, path);
  }
  return recordName(context.crosswalk('tax-code', key, path), path);
}

/** The code of lines without tax: some accounts insist on one (row "none" of the tax-code crosswalk). */
export function untaxed(context: RenderContext): RecordName | null {
  const word = context.crosswalkOptional('tax-code', 'none');
  return word === null ? null : recordName(word, 'order.lines');
}
