import { type Evidence, isAcknowledged, newsOf } from './evidence/evidence.ts';
import type { Floor } from './findings.ts';

/** Of a run of five minutes; a shorter one needs its share. */
const full = { minutes: 5, perFault: 10, ambiguous: 100, duplicates: 1_000 } as const;
/** Orders within so long of a fault are work that it met, where the product could not be asked. */
const nearMs = 5_000;
/** A worker that wakes up after its lease notices within this. */
const wakingMs = 60_000;

/** What a run must have gone through to mean something. */
export function floorsOf(evidence: Evidence): readonly Floor[] {
  const { schedule } = evidence;
  const share = schedule.minutes / full.minutes;
  const wanted = (of: number): number => Math.max(1, Math.floor(of * share));
  const has = (fault: string): boolean =>
    schedule.faults.some((each) => each.fault === fault) && skippedWith(evidence, fault) === null;
  const names = [...new Set(schedule.faults.map(({ fault }) => fault))].sort(
    (a, b) => Number(a.slice(1)) - Number(b.slice(1)),
  );
  return [
    ...names.map((fault) =>
      floor(
        `${fault} begun with work in flight`,
        wanted(full.perFault),
        begunUnderWork(evidence, fault),
        skippedWith(evidence, fault),
      ),
    ),
    floor(
      'ambiguous outcomes',
      wanted(full.ambiguous),
      evidence.ambiguous,
      has('F9') || has('F7') ? null : 'no fault of this run loses answers',
    ),
    floor(
      'duplicate deliveries',
      wanted(full.duplicates),
      duplicates(evidence),
      has('F10') ? null : 'no fault of this run doubles webhooks',
    ),
    floor(
      'zombies fenced',
      1,
      zombies(evidence),
      has('F2') ? null : (skippedWith(evidence, 'F2') ?? 'no worker was stopped in this run'),
    ),
  ];
}

const floor = (name: string, wanted: number, seen: number, excluded: string | null): Floor => ({
  name,
  wanted,
  seen,
  met: excluded !== null || seen >= wanted,
  ...(excluded !== null && { excluded }),
});

/** Why no fault of this name happened at all; null when one did, or should have. */
function skippedWith({ nemesis, schedule }: Evidence, fault: string): string | null {
  const planned = schedule.faults.filter((each) => each.fault === fault).length;
  const skipped = nemesis.filter((each) => each.fault === fault && each.event === 'skipped');
  if (planned === 0 || new Set(skipped.map(({ id }) => id)).size < planned) return null;
  return `skipped: ${skipped[0]?.reason ?? 'no reason given'}`;
}

function begunUnderWork({ nemesis, retailers }: Evidence, fault: string): number {
  const orderedMs = retailers.flatMap(({ orders }) =>
    [...orders.values()].map(({ placedAtMs }) => placedAtMs),
  );
  return nemesis.filter(({ fault: name, event, inFlight, at }) => {
    if (name !== fault || event !== 'begin') return false;
    if (typeof inFlight === 'number') return inFlight > 0;
    return orderedMs.some((ms) => Math.abs(ms - Date.parse(at)) <= nearMs);
  }).length;
}

/** Deliveries that were acknowledged although the same news had been before. */
function duplicates({ retailers }: Evidence): number {
  let count = 0;
  for (const { deliveries } of retailers) {
    const acknowledged = deliveries.filter(isAcknowledged);
    count += acknowledged.length - new Set(acknowledged.map(newsOf)).size;
  }
  return count;
}

/** Workers that were stopped for longer than their lease, and said afterwards that what they held is somebody else's. */
function zombies({ nemesis, fenced }: Evidence): number {
  const stops = nemesis.filter(({ fault, event }) => fault === 'F2' && event === 'begin');
  return stops.filter(({ at, id, target }) => {
    const beganMs = Date.parse(at);
    const endedMs = Date.parse(nemesis.find((each) => each.id === id && each.event === 'end')?.at ?? at);
    return fenced.some(({ process, at: saidAt, lanes }) => {
      const saidMs = Date.parse(saidAt);
      const isHis = target === undefined || !target.startsWith('worker') || target === process;
      return isHis && lanes > 0 && saidMs >= beganMs && saidMs <= endedMs + wakingMs;
    });
  }).length;
}
