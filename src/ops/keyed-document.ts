import { addDecimals, compareDecimals, type Decimal, decimal } from '#canonical/decimal.ts';
import type { OrderLine } from '#canonical/order-line.ts';
import type { Order } from '#canonical/order.ts';
import { moneyToDecimal } from '#canonical/money.ts';

/** The document as its platform shows it, and the platform's words that the retailer has for ours. */
export type Keyed = {
  readonly isCancelled: boolean;
  readonly reference: string | null;
  readonly total: {
    readonly role: 'presentment';
    readonly currency: string;
    readonly amountMinor: number;
  } | null;
  readonly lines: readonly { readonly names: readonly string[]; readonly quantity: Decimal }[];
};
/** Table, key, word: of the platform alone. */
export type PlatformWords = { readonly [table: string]: { readonly [key: string]: string } | undefined };

/** What a document keyed by hand must not be: linking it would lose or double something. Null: nothing of that. */
export function whyNeverLinked(order: Order, entity: string, document: Keyed): string | null {
  if (document.isCancelled) return 'it was cancelled there';
  const isOfAnother = document.reference?.startsWith('order:') === true && document.reference !== entity;
  if (isOfAnother) return `it was made for ${document.reference}`;
  const { currency } = order.totals.grand.presentment;
  if (document.total !== null && document.total.currency !== currency)
    return `it is in ${document.total.currency}, the order in ${currency}`;
  return null;
}

/** Named one by one, for a person: what the document lacks or has beyond the order. Empty: it fits. */
export function documentDifferences(order: Order, document: Keyed, words: PlatformWords): readonly string[] {
  const differences: string[] = [];
  const ordered = order.totals.grand.presentment;
  if (document.total !== null && document.total.amountMinor !== ordered.amountMinor)
    differences.push(
      `total: ${moneyToDecimal(document.total)} there, ${moneyToDecimal(ordered)} ${ordered.currency} ordered`,
    );
  const left = document.lines.map((line) => ({ ...line }));
  for (const [item, wanted] of goodsOf(order, words)) {
    const there = left.filter(({ names }) => names.includes(item));
    const quantity = there.reduce((sum, line) => addDecimals(sum, line.quantity), decimal(0));
    for (const line of there) left.splice(left.indexOf(line), 1);
    if (compareDecimals(quantity, wanted) !== 0)
      differences.push(`${item}: ${quantity} there, ${wanted} ordered`);
  }
  const charges = new Set([
    ...Object.values(words['ship-method'] ?? {}),
    ...chargeKeys.flatMap((key) => words['item']?.[key] ?? []),
  ]);
  for (const { names, quantity } of left)
    if (!names.some((name) => charges.has(name)) && compareDecimals(quantity, decimal(0)) !== 0)
      differences.push(`${names[0] ?? 'a line without an item'}: ${quantity} there, none ordered`);
  return differences;
}

/** Rows of the item table that stand for charges and not for goods. */
const chargeKeys = ['duty', 'fee', 'tip', 'rounding', 'gift-card', 'deposit'] as const;
const chargeKinds: readonly OrderLine['kind'][] = ['fee', 'tip', 'deposit', 'gift-card'];

/** Quantities by the platform's word for the item. A line without an SKU is compared by the total alone. */
function goodsOf(order: Order, words: PlatformWords): ReadonlyMap<string, Decimal> {
  const parents = new Set(order.lines.map(({ parentId }) => parentId));
  const configurables = new Set(
    order.lines.filter(({ kind, charged }) => kind === 'configurable' && charged).map(({ id }) => id),
  );
  const goods = new Map<string, Decimal>();
  for (const line of order.lines) {
    const isSold = line.charged || !parents.has(line.id);
    const isVariant = line.parentId !== null && configurables.has(line.parentId);
    if (line.sku === null || !isSold || isVariant || chargeKinds.includes(line.kind)) continue;
    if (compareDecimals(line.current, decimal(0)) === 0) continue;
    const item = words['item']?.[line.sku] ?? line.sku;
    goods.set(item, addDecimals(goods.get(item) ?? decimal(0), line.current));
  }
  return goods;
}
