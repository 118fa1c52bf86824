import type { CommandPayload, EditKind } from '#canonical/command.ts';
import type { Decimal } from '#canonical/decimal.ts';
import type { Order } from '#canonical/order.ts';
import { contentHash } from './content-hash.ts';
import type { LineQuantities } from './line-buckets.ts';
import { isPositive, larger, plain } from './quantity.ts';
import type { ErpForm, FormLine } from './state.ts';

/** One difference between the order as the ERP has it and as it should be. Quantities in the line's unit. */
export type Edit = CommandPayload<'erp.order.amend'>['changes'][number];

/** What an ERP order is made from, part by part, so that an edit can be told to the line. */
export function erpForm(order: Order, lines: ReadonlyMap<string, LineQuantities>): ErpForm {
  return {
    address: contentHash([order.shipTo.address, order.billTo.address]),
    charges: contentHash(
      order.shipping.map(({ code, price, discounts }) => [
        code,
        price.presentment.amountMinor,
        discounts.map(({ amount }) => amount.presentment.amountMinor),
      ]),
    ),
    terms: contentHash([order.currencies.presentment, order.poNumber, order.paymentTerms?.code ?? null]),
    lines: order.lines.flatMap((line): readonly FormLine[] => {
      const quantity = lines.get(line.id)?.live ?? line.current;
      if (!isPositive(quantity)) return [];
      const made = contentHash([
        line.sku,
        plain(line.unitPrice.presentment),
        plain(line.unitPrice.per),
        line.discounts.map(({ amount }) => amount.presentment.amountMinor),
      ]);
      return [[line.id, plain(quantity), made.slice(0, madeDigits)]];
    }),
  };
}

/** Hex digits that are kept of a line's fingerprint: it is only compared with that of the same line. */
const madeDigits = 8;

/** What changed from one form to the other: lines in their order, then what stands above them. `skus` by line id. */
export function editsBetween(
  from: ErpForm,
  to: ErpForm,
  skus: ReadonlyMap<string, string | null>,
): readonly Edit[] {
  const before = new Map(from.lines.map((line) => [line[0], line]));
  const after = new Set(to.lines.map(([id]) => id));
  const edits: Edit[] = [];
  const onLine = (kind: EditKind, lineId: string, was: Decimal | null, is: Decimal | null): void => {
    edits.push({ kind, lineId, sku: skus.get(lineId) ?? null, from: was, to: is });
  };
  for (const [id, quantity, made] of to.lines) {
    const had = before.get(id);
    if (had === undefined) {
      onLine('line-added', id, null, quantity);
      continue;
    }
    const [, was, madeBefore] = had;
    if (was !== quantity)
      onLine(larger(was, quantity) === was ? 'quantity-lowered' : 'quantity-raised', id, was, quantity);
    // Another item on the same line is another thing to pick, as a price is another to charge.
    if (madeBefore !== made) onLine('price-changed', id, null, null);
  }
  for (const [id, quantity] of from.lines) if (!after.has(id)) onLine('line-removed', id, quantity, null);
  const above = (kind: EditKind): number =>
    edits.push({ kind, lineId: null, sku: null, from: null, to: null });
  if (from.address !== to.address) above('address-changed');
  if (from.charges !== to.charges) above('charges-changed');
  if (from.terms !== to.terms) above('terms-changed');
  return edits;
}

/** Whether an edit asks for more goods, or dearer ones, than the ERP was given. */
export const asksForMore = ({ kind }: Edit): boolean =>
  kind === 'line-added' ||
  kind === 'quantity-raised' ||
  kind === 'price-changed' ||
  kind === 'charges-changed';

/** An edit in words for the operator, e.g. `line 3 (SKU-1): 1 -> 3`. */
export function editText({ kind, lineId, sku, from, to }: Edit): string {
  const line = `line ${lineId ?? ''}${sku === null ? '' : ` (${sku})`}`;
  switch (kind) {
    case 'line-added':
      return `${line} added: ${to ?? ''}`;
    case 'line-removed':
      return `${line} removed: ${from ?? ''}`;
    case 'quantity-raised':
    case 'quantity-lowered':
      return `${line}: ${from ?? ''} -> ${to ?? ''}`;
    case 'price-changed':
      return `${line}: other price or item`;
    case 'address-changed':
      return 'other address';
    case 'charges-changed':
      return 'other charges for carriage';
    case 'terms-changed':
      return 'other terms';
  }
}
