import type { Effect } from '#connector-testkit/effect-journal.ts';

/** A shipment's worth of work: what is left of a sale, in so many parts; the last `keep` of them wait. */
export type ShipmentPlan = {
  readonly parts?: number;
  readonly keep?: number;
  readonly tracking?: readonly string[];
};

/** What the people at a retailer's ERP do in it, whichever ERP it is. A sale goes by the ERP's own id, as text. */
export type ErpDesk = {
  /** The sale that an effect in the ERP's journal hands over to the warehouse; null for every other effect. */
  handedOver(effect: Effect): { readonly sale: string; readonly reference: string } | null;
  /** The first sale under our order's id; null where there is none. */
  saleUnder(reference: string): string | null;
  /** Answers how many shipments left; none of a sale that was taken back. */
  ship(sale: string, plan: ShipmentPlan): number;
  /** Something left, or there is nothing that could. */
  canBeInvoiced(sale: string): boolean;
  invoice(sale: string, isPaid: boolean): void;
  /** Whoever is logged in has to log in anew. */
  expireLogins(): void;
};
