import type { EntityType } from '#canonical/identity.ts';

/** Priority of a lane by what its record is: 1 money and orders, 2 stock, 3 catalogue. (0, lowering of stock, is no record's class.) */
const classes: { readonly [E in EntityType]: number } = {
  order: 1,
  shipment: 1,
  invoice: 1,
  customer: 1,
  case: 1,
  quote: 1,
  message: 1,
  location: 2,
  product: 3,
};

export const classOf = (entity: EntityType): number => classes[entity];
