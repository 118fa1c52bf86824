import { type Decimal, divideDecimals, multiplyDecimals } from '#canonical/decimal.ts';
import type { OrderLine } from '#canonical/order-line.ts';

/** An order's lines with what belongs to what. */
export type LineStructure = {
  readonly byId: ReadonlyMap<string, OrderLine>;
  readonly childrenOf: ReadonlyMap<string, readonly OrderLine[]>;
  /** The lines that goods are picked for: those that ship and have no components of their own. */
  readonly goods: readonly OrderLine[];
};

export function lineStructure(lines: readonly OrderLine[]): LineStructure {
  const byId = new Map(lines.map((line) => [line.id, line]));
  const childrenOf = Map.groupBy(
    lines.filter(({ parentId }) => parentId !== null && byId.has(parentId)),
    ({ parentId }) => parentId ?? '',
  );
  const goods = lines.filter(({ id, requiresShipping }) => requiresShipping && !childrenOf.has(id));
  return { byId, childrenOf, goods };
}

/** What a quantity of a line comes to in goods: itself, or for a bundle or configurable line its components in proportion. */
export function goodsOfLine(
  structure: LineStructure,
  id: string,
  quantity: Decimal,
): readonly (readonly [string, Decimal])[] {
  const line = structure.byId.get(id);
  const children = structure.childrenOf.get(id);
  if (line === undefined) return [];
  if (children === undefined) return [[id, quantity]];
  return children.flatMap((child) => goodsOfLine(structure, child.id, perParent(quantity, child, line)));
}

/** Digits of a quantity that a division may leave. */
const quantityDigits = 6;

function perParent(quantity: Decimal, child: OrderLine, parent: OrderLine): Decimal {
  if (Number(parent.ordered) === 0) return quantity;
  return divideDecimals(multiplyDecimals(quantity, child.ordered), parent.ordered, quantityDigits);
}
