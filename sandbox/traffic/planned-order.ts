import type { OrderInput, PlacedLine } from '#connectors/shopify/emulator/order-input.ts';

/** Something that happens to an order after it was placed. Milliseconds after that. */
export type LifeEvent =
  | { readonly afterMs: number; readonly kind: 'pay' }
  | { readonly afterMs: number; readonly kind: 'cancel'; readonly reason: string }
  | { readonly afterMs: number; readonly kind: 'add'; readonly line: PlacedLine }
  | { readonly afterMs: number; readonly kind: 'remove'; readonly sku: string; readonly quantity: number };

/** An order that will be placed, and what its buyer and its shop do afterwards. */
export type PlannedOrder = {
  readonly index: number;
  readonly retailer: string;
  readonly input: OrderInput;
  readonly life: readonly LifeEvent[];
};
