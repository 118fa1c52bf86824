import type { OrderRules } from './rules.ts';
import type { OrderState } from './state.ts';

/**
 * Whether the order goes before others in the queues of the platforms: its delivery cannot wait, or it is to be taken back before
 * the warehouse gets to it.
 */
export function isUrgent({ order, erp }: OrderState, { release }: OrderRules): boolean {
  if (erp.phase === 'cancelling') return true;
  return order?.shipping.some(({ code }) => code !== null && release.urgentShipping.includes(code)) ?? false;
}
