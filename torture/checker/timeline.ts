import { type Evidence, isAcknowledged } from './evidence/evidence.ts';
import type { Timeline } from './findings.ts';

const bucketMs = 1_000;

/** What happened each second, and when which fault held. */
export function timelineOf({ retailers, nemesis }: Evidence): Timeline {
  const times = {
    'orders placed': retailers.flatMap(({ orders }) =>
      [...orders.values()].map(({ placedAtMs }) => placedAtMs),
    ),
    'webhooks acknowledged': retailers.flatMap(({ deliveries }) =>
      deliveries.filter(isAcknowledged).map(({ at }) => Date.parse(at)),
    ),
    'in the ERP': retailers.flatMap(({ sales }) =>
      [...sales.values()].flat().flatMap(({ processedAtMs }) => processedAtMs ?? []),
    ),
    'writes to the CRM': retailers.flatMap(({ records }) =>
      [...records.values()].flatMap(({ versions }) => versions.map(({ atMs }) => atMs)),
    ),
    'shipments at the shop': retailers.flatMap(({ orders }) =>
      [...orders.values()].flatMap(({ fulfilments }) => fulfilments.map(({ atMs }) => atMs)),
    ),
  };
  const began = nemesis.filter(({ event }) => event === 'begin');
  const marks = [...Object.values(times).flat(), ...nemesis.map(({ at }) => Date.parse(at))];
  const [fromMs, toMs] = marks.reduce(
    ([least, most], ms) => [Math.min(least, ms), Math.max(most, ms)],
    [marks[0] ?? 0, marks[0] ?? 0],
  );
  const buckets = Math.floor((toMs - fromMs) / bucketMs) + 1;
  return {
    fromMs,
    bucketMs,
    series: Object.fromEntries(
      Object.entries(times).map(([name, all]) => {
        const counts = Array.from({ length: buckets }, () => 0);
        for (const ms of all) {
          const bucket = Math.floor((ms - fromMs) / bucketMs);
          counts[bucket] = (counts[bucket] ?? 0) + 1;
        }
        return [name, counts];
      }),
    ),
    faults: began.map(({ id, fault, kind, at, inFlight }) => {
      const beginMs = Date.parse(at);
      const end = nemesis.find((each) => each.id === id && each.event === 'end');
      return {
        id,
        fault,
        kind,
        beginMs,
        endMs: end === undefined ? beginMs : Date.parse(end.at),
        inFlight: inFlight ?? null,
      };
    }),
  };
}
