import { faultKinds } from './fault-kinds.ts';
import { type FaultName, faultNames, type Schedule, type ScheduledFault } from './schedule.ts';
import { seededRandom } from './seeded-random.ts';

/** Orders a second before the burst. */
const rate = 8;
/** Faults begin when orders flow. */
const firstAtMs = 3_000;
/** The last orders are placed so long before the faults end, so that their payments and shipments meet faults, too. */
const quietMs = 5_000;
/** Of each kind in five minutes; ten are wanted, and one may fall where there is nothing to do. */
const perFiveMinutes = 12;

/** All that will go wrong: a pure function of seed, length and the chosen faults. Each fault has dice of its own, so that leaving one out moves no other. */
export function planSchedule(seed: number, minutes: number, chosen: readonly FaultName[]): Schedule {
  const durationMs = Math.round(minutes * 60_000);
  const seconds = Math.max(5, (durationMs - quietMs) / 1_000);
  const faults = chosen.flatMap((fault) => planFault(seed, minutes, durationMs, fault));
  return {
    seed,
    minutes,
    durationMs,
    load: { orders: Math.round(rate * seconds), rate },
    faults: faults.sort((a, b) => a.atMs - b.atMs || a.id.localeCompare(b.id)),
  };
}

/** So many of one fault, one in each equal share of the time, somewhere in it. */
function planFault(seed: number, minutes: number, durationMs: number, fault: FaultName): ScheduledFault[] {
  const random = seededRandom(
    Math.imul(seed, 0x9e3779b1) ^ Math.imul(faultNames.indexOf(fault) + 1, 0x85ebca6b),
  );
  const count = Math.max(2, Math.ceil((perFiveMinutes * minutes) / 5));
  const shareMs = (durationMs - firstAtMs) / count;
  const first = random.between(0, 1_000);
  const { draw, fillsShare = false } = faultKinds[fault];
  return Array.from({ length: count }, (_, index) => {
    const drawn = draw(random, first + index);
    const forMs = Math.round(fillsShare ? shareMs : Math.min(drawn.forMs, durationMs - firstAtMs));
    const room = Math.max(0, shareMs - forMs);
    const latestMs = durationMs - forMs;
    const atMs = Math.min(Math.round(firstAtMs + index * shareMs + random.next() * room), latestMs);
    return { id: `${fault}-${index + 1}`, fault, ...drawn, atMs: Math.max(0, atMs), forMs };
  });
}
