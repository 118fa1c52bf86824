import type { CrmVersion } from '../facts/crm-order.ts';
import { minorUnits } from '../facts/minor-units.ts';
import { current, type ShopOrder, type ShopState } from '../facts/shop-order.ts';
import { type Case, type Invariant, keyOf, type Tally } from './invariant.ts';

/**
 * I9: what ERP and CRM show of one order comes in the shop's own sequence: after a newer state, never an older one. Each property is followed by itself,
 * since a payment and an edit may be told apart.
 */
export const inOrder: Invariant = {
  name: 'I9',
  title: 'effects of one order come in the shop’s own sequence',
  check({ retailers }, tally) {
    for (const own of retailers)
      for (const order of own.orders.values()) {
        if (order.isTest) continue;
        inErp(own, order, tally);
        inCrm(own, order, tally);
      }
  },
};

/** Values as they came to be, without repeats in a row. */
const course = (values: readonly string[]): readonly string[] =>
  values.filter((value, index) => value !== values[index - 1]);

/**
 * The first shown value that lies behind one shown before it; null when the shown ones follow the shop's. Each shown value is taken for the earliest of
 * the shop's that it can be, so a value that comes again is no step back. What the shop never had is left to other invariants.
 */
function stepBack(
  shown: readonly string[],
  ofShop: readonly string[],
): { readonly value: string; readonly after: string } | null {
  let at = 0;
  for (const value of course(shown)) {
    if (!ofShop.includes(value)) continue;
    const next = ofShop.indexOf(value, at);
    if (next === -1) return { value, after: ofShop[at] ?? '' };
    at = next;
  }
  return null;
}

const totalsOf = ({ states }: ShopOrder, of: (state: ShopState) => string): readonly string[] =>
  course(states.map(of));
const minorText = (amount: string, currency: string): string =>
  minorUnits(amount, currency)?.toString() ?? amount;

/** Several sales of one order, one after the other, carry newer and newer forms of it. */
function inErp(own: Case, order: ShopOrder, { checked, broken }: Tally): void {
  const key = keyOf(own, order.id);
  const sales = own.sales.get(key) ?? [];
  if (sales.length === 0) return;
  checked();
  const { currency } = current(order);
  const back = stepBack(
    sales
      .filter(({ processedAtMs }) => processedAtMs !== null)
      .map(({ total }) => minorText(total, currency)),
    totalsOf(order, (state) => minorText(state.total, currency)),
  );
  if (back !== null)
    broken(
      own,
      'older-after-newer',
      key,
      `the ERP got a total of ${back.value} after one of ${back.after} (minor units)`,
    );
  for (let index = 1; index < sales.length; index += 1) {
    const [before, next] = [sales[index - 1], sales[index]];
    const goneAtMs = before?.goneAtMs ?? Number.POSITIVE_INFINITY;
    if (before !== undefined && next !== undefined && next.createdAtMs < goneAtMs && before.goneAtMs !== null)
      broken(
        own,
        'overlapping-sales',
        key,
        `sale ${next.id} was made before sale ${before.id} was taken back`,
      );
  }
}

function inCrm(own: Case, order: ShopOrder, { checked, broken }: Tally): void {
  const key = keyOf(own, order.id);
  const record = own.records.get(key);
  if (record === undefined) return;
  checked();
  const { currency } = current(order);
  const { versions } = record;
  const shown = (of: (version: CrmVersion) => string | null): readonly string[] =>
    versions.flatMap((version) => of(version) ?? []);
  const properties = {
    total: stepBack(
      shown(({ grandTotal }) => (grandTotal === null ? null : minorText(grandTotal, currency))),
      totalsOf(order, (state) => minorText(state.total, currency)),
    ),
    payment: stepBack(
      shown(({ paymentState }) => paymentState),
      totalsOf(order, ({ financial }) => financial.replaceAll('_', '-')),
    ),
    cancellation: stepBack(
      shown(({ isCancelled }) => (isCancelled === null ? null : String(isCancelled))),
      totalsOf(order, ({ cancelled }) => String(cancelled)),
    ),
  };
  for (const [name, back] of Object.entries(properties))
    if (back !== null)
      broken(own, 'older-after-newer', key, `the CRM showed the ${name} ${back.value} after ${back.after}`);
}
