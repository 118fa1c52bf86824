import type { Decimal } from '#canonical/decimal.ts';

/** A field's value; numbers stay exact decimals until they are written as JSON number literals. */
export type FieldValue = string | boolean | null | { readonly decimal: Decimal };
export type Fields = { readonly [apiName: string]: FieldValue };

/** A record kept by external id: what a new one gets, and what an existing one gets (null = it is left alone). */
export type RecordPlan = { readonly key: string; readonly create: Fields; readonly update: Fields | null };

/** A product and what it is made with when the org lacks it; null = it must be there. */
export type ProductPlan = {
  readonly key: string;
  readonly create: Fields | null;
  readonly listPrice: Decimal;
};

export type ItemPlan = {
  readonly key: string;
  readonly product: ProductPlan;
  /** The same for a new and an existing item; always quantity and price together, since Salesforce adapts the one to the other. */
  readonly fields: Fields;
};

/** The order as it will be sent: what the CRM should show, before anybody looked at what it shows now. */
export type OrderUpsertRequest = {
  readonly account: RecordPlan;
  readonly contact: RecordPlan | null;
  readonly order: {
    readonly key: string;
    /** Set once. */
    readonly createOnly: Fields;
    /** May change while the order is a draft. */
    readonly draftFields: Fields;
    /** May change always. */
    readonly fields: Fields;
    /** The status while it is a draft, the status it is activated with, or the one an activated order gets (null = none). */
    readonly draftStatus: string;
    readonly activatedStatus: string | null;
  };
  /** null = the standard price book. */
  readonly priceBookId: string | null;
  /** null in an org of one currency. */
  readonly currency: string | null;
  readonly items: readonly ItemPlan[];
};
