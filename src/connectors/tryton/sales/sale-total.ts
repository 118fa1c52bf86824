import { decimal } from '#canonical/decimal.ts';
import { money, moneyToDecimal } from '#canonical/money.ts';
import { type Rpc, type TrytonClient, TrytonFailure } from '../client.ts';
import { encodeDecimal } from '../codec.ts';
import { minorOf } from '../outbound/net-amounts.ts';
import type { OrderCreateRequest } from '../outbound/request.ts';
import { rejected } from './failures.ts';
import { requireIds } from './master-data.ts';
import { type SaleView, saleById } from './sale-view.ts';

/**
 * Makes the draft's total the source's total. Tryton computes taxes itself; what its rounding leaves over, within the
 * tolerance, becomes a line of its own without tax. Anything else is rejected: a total that differs by more means that a
 * price, a tax or a line was understood wrongly.
 */
export async function settleTotal(
  rpc: Rpc,
  client: TrytonClient,
  draft: SaleView,
  request: OrderCreateRequest,
): Promise<SaleView> {
  const { currencyCode: currency, totalMinor, taxMinor } = request;
  const tolerance = client.config.roundingToleranceMinor;
  const amount = (minor: number): string =>
    `${moneyToDecimal(money('presentment', currency, minor))} ${currency}`;

  const taxDifference = taxMinor - erpMinor(draft.tax_amount, currency);
  // A wrong tax could hide behind an equally wrong net amount.
  if (Math.abs(taxDifference) > tolerance)
    throw rejected(
      'tax-differs',
      `Tryton levies ${amount(taxMinor - taxDifference)}, the order states ${amount(taxMinor)}`,
    );

  const difference = totalMinor - erpMinor(draft.total_amount, currency);
  if (difference === 0) return draft;
  const differs = `Tryton's total is ${amount(totalMinor - difference)}, the order's ${amount(totalMinor)}`;
  if (Math.abs(difference) > tolerance) throw rejected('total-differs', differs);
  if (request.rounding === null)
    throw rejected('total-differs', `${differs}; the item crosswalk has no row "rounding"`);

  const product = (await requireIds(rpc, client, 'product', [request.rounding]))(request.rounding);
  await rpc.write('model.sale.line.create', [
    {
      sale: draft.id,
      type: 'line',
      product,
      quantity: 1,
      unit: await unitOf(rpc, client),
      description: 'Rounding',
      unit_price: encodeDecimal(moneyToDecimal(money('presentment', currency, difference))),
    },
  ]);
  const settled = await saleById(rpc, draft.id);
  if (settled === null)
    throw new TrytonFailure({ kind: 'conflict', stale: false, detail: `sale ${draft.id} is gone` });
  if (erpMinor(settled.total_amount, currency) !== totalMinor)
    throw rejected('total-differs', `${differs}; the rounding line did not settle it`);
  return settled;
}

async function unitOf(rpc: Rpc, client: TrytonClient): Promise<number> {
  const looked = { code: client.config.unit, path: 'order.totals.rounding', table: 'unit', key: 'C62' };
  return (await requireIds(rpc, client, 'unit', [looked]))(looked);
}

/** @throws TrytonFailure `rejected` where the ERP's currency has more decimals than ISO 4217 gives it. */
function erpMinor(printed: string, currency: string): number {
  try {
    return minorOf(decimal(printed), currency);
  } catch (error) {
    throw rejected('total-differs', error instanceof Error ? error.message : 'an amount that is none');
  }
}
