import type { z } from 'zod';
import type { EntityType } from '#canonical/identity.ts';
import type { Json } from '#canonical/json.ts';
import { customerIdentity } from './customer-identity/decide.ts';
import { customerRulesSchema } from './customer-identity/rules.ts';
import { orderToCash } from './order-to-cash/decide.ts';
import { orderRulesSchema } from './order-to-cash/rules.ts';
import type { Process } from './process.ts';
import { recordKeeper, recordKeeperRulesSchema } from './record-keeper.ts';

/** A process with the schema of its rules: what a retailer's data must satisfy before an instance runs by it. */
export type Registration = { readonly process: Process<Json, unknown>; readonly rules: z.ZodType };

/** Binds a process to its own rules' schema; from then on only parsed rules may be handed to it. */
function registered<State extends Json, Rules>(
  process: Process<State, Rules>,
  rules: z.ZodType<Rules>,
): Registration {
  return { process, rules };
}

const kept = registered(recordKeeper, recordKeeperRulesSchema);

/** Which process an entity's events go to. */
export const processOf: { readonly [E in EntityType]: Registration } = {
  order: registered(orderToCash, orderRulesSchema),
  customer: registered(customerIdentity, customerRulesSchema),
  product: kept,
  location: kept,
  shipment: kept,
  invoice: kept,
  case: kept,
  quote: kept,
  message: kept,
};
