import { addDecimals, type Decimal, decimal, multiplyDecimals } from '#canonical/decimal.ts';
import { money, moneyFromDecimal, moneyToDecimal } from '#canonical/money.ts';

/** What a rate is levied on, in minor units; null: nobody says which. */
type Priced = { readonly netMinor: number; readonly taxRate: Decimal | null };
type Taxed = Priced & { readonly taxRate: Decimal };

/**
 * The total that NetSuite will compute, in minor units: it levies each line's rate itself and rounds there, half up, or once for
 * each rate of the document. Foreseen, so that the first save of an order has its right total: a second one would cost a slot
 * for seconds, and between the two a warehouse might ship what is not settled. Null where a rate is not known.
 */
export function foreseenTotal(
  priced: readonly Priced[],
  { currency, taxRounding }: { currency: string; taxRounding: 'line' | 'document' },
): number | null {
  const taxed = priced.flatMap(({ netMinor, taxRate }) => (taxRate === null ? [] : [{ netMinor, taxRate }]));
  if (taxed.length < priced.length) return null;
  const net = taxed.reduce((sum, { netMinor }) => sum + netMinor, 0);
  const parts = taxRounding === 'line' ? taxed : byRate(taxed);
  return parts.reduce((sum, part) => sum + taxMinor(part, currency), net);
}

function byRate(taxed: readonly Taxed[]): readonly Taxed[] {
  const groups = Map.groupBy(taxed, ({ taxRate }) => addDecimals(taxRate, decimal(0)));
  return [...groups].map(([taxRate, group]) => ({
    taxRate,
    netMinor: group.reduce((sum, { netMinor }) => sum + netMinor, 0),
  }));
}

function taxMinor({ netMinor, taxRate }: Taxed, currency: string): number {
  const net = moneyToDecimal(money('presentment', currency, netMinor));
  return moneyFromDecimal('presentment', currency, multiplyDecimals(net, taxRate), 'half-up').amountMinor;
}
