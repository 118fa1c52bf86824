import type { DemoOptions } from './options.ts';
import type { Ended } from './run.ts';

/** Whether every order is where it belongs, or stands still with a reason, and nothing is under way any more. */
export const isAccountedFor = ({ observation }: Ended): boolean =>
  observation.problems.length === 0 && observation.tally.waiting === 0 && observation.isAtRest;

/** The last line of a run as one object. Counted from the journals, but for `parked` and its causes. */
export function verdictLine(
  ended: Ended,
  { seed, isChaos, erp }: DemoOptions,
): Readonly<Record<string, unknown>> {
  const { observation, status, seconds, killed } = ended;
  const causes: Record<string, number> = {};
  for (const { cause } of observation.parked) causes[cause] = (causes[cause] ?? 0) + 1;
  return {
    ...observation.tally,
    parkedByCause: causes,
    acknowledgements: status.webhooks.accepted,
    webhooks: status.webhooks,
    faults: status.faults,
    killed,
    erpIs: erp,
    seed,
    chaos: isChaos,
    seconds: Math.round(seconds),
    accounted: isAccountedFor(ended),
  };
}
