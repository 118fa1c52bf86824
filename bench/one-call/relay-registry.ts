import { orderRulesSchema } from '#processes/order-to-cash/rules.ts';
import type { Registration } from '#processes/registry.ts';
import { relay } from './relay-process.ts';

/** Stands in for the product's own registry of processes. */
export const processOf: Readonly<Record<string, Registration>> = {
  order: { process: relay, rules: orderRulesSchema },
};
