import type { OrderException } from './exception-catalogue.ts';

/** An exception that should be open as things stand. `valueMinor`: where it is not the order's total that is at stake. */
export type Wanted = {
  readonly key: string;
  readonly cause: OrderException;
  readonly detail: string;
  readonly valueMinor?: number;
};
