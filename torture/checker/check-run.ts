import { isAcknowledged } from './evidence/evidence.ts';
import { readEvidence } from './evidence/read-evidence.ts';
import type { Findings } from './findings.ts';
import { floorsOf } from './floors.ts';
import { invariants, notChecked } from './invariants/all.ts';
import { type Cases, casesOf, judge } from './invariants/invariant.ts';
import { currencyTotals, orderFates } from './order-fates.ts';
import { timelineOf } from './timeline.ts';

/** Of these, one violation of an order leaves it neither right nor explained. */
const aboutOrders: readonly string[] = ['I1', 'I2', 'I4', 'I9', 'I10'];
const lostKinds: ReadonlySet<string> = new Set(['lost-in-erp', 'lost-in-crm', 'lost-fulfilment']);
const doubledKinds: ReadonlySet<string> = new Set([
  'duplicate-in-erp',
  'duplicate-in-crm',
  'duplicate-fulfilment',
]);

/** Judges a run by what it left behind. Reads files alone. @throws Error for a directory that holds no run */
export async function checkRun(directory: string): Promise<Findings> {
  const evidence = await readEvidence(directory);
  const cases = casesOf(evidence);
  const found = Object.fromEntries(
    invariants.map((invariant) => [invariant.name, judge(invariant, cases)] as const),
  );
  const violations = Object.values(found).flatMap((each) => each.violations);
  const amiss = new Set(
    violations
      .filter(({ invariant }) => aboutOrders.includes(invariant))
      .map(({ retailer, entity }) => `${retailer} ${entity}`),
  );
  const floors = floorsOf(evidence);
  const accepted = acceptedOrders(cases);
  const count = (is: (kind: string) => boolean): number => violations.filter(({ kind }) => is(kind)).length;
  return {
    seed: evidence.schedule.seed,
    minutes: evidence.schedule.minutes,
    faults: evidence.nemesis.filter(({ event }) => event === 'begin').length,
    accepted,
    lost: count((kind) => lostKinds.has(kind)),
    duplicated: count((kind) => doubledKinds.has(kind)),
    unexplained: amiss.size,
    outOfOrder: found['I9']?.violations.length ?? 0,
    invariants: found,
    floors,
    missing: evidence.missing,
    notChecked,
    totals: currencyTotals(cases),
    fates: orderFates(cases, amiss),
    timeline: timelineOf(evidence),
    valid: accepted > 0 && evidence.missing.length === 0 && floors.every(({ met }) => met),
  };
}

/** Deliveries that tell of nothing. */
const hostile: ReadonlySet<string> = new Set(['forged', 'malformed']);

/** Orders that a shop shows, and any other of which a genuine delivery was acknowledged. */
function acceptedOrders({ retailers }: Cases): number {
  let count = 0;
  for (const { orders, deliveries } of retailers) {
    const told = deliveries.filter((delivery) => !hostile.has(delivery.kind) && isAcknowledged(delivery));
    count += new Set([...orders.keys(), ...told.flatMap(({ subject }) => subject ?? [])]).size;
  }
  return count;
}
