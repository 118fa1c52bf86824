import { expect, test } from 'vitest';
import type { Backlog } from '#ops/backlog.ts';
import { peakDay } from './day.ts';
import type { DayEvidence, OrderEvidence, Sample } from './evidence.ts';
import { goalsOf } from './goals.ts';

const day = peakDay(1);
const s = (seconds: number): number => seconds * 1_000;
/** The ERP's queue is worked off at this instant. */
const endMs = s(260);

const slotsAt = (atMs: number, refused = 0): Sample['slots'] => ({
  limit: 16,
  others: 0,
  inUse: 15,
  mostInUse: 16,
  refused,
  busyMs: 15 * atMs,
  othersMs: 0,
});
const order = (id: string, with_: Partial<OrderEvidence> = {}): OrderEvidence => ({
  id,
  kind: 'standard',
  placedAtMs: s(10),
  cancelledAtMs: null,
  inCrmAtMs: s(11),
  inErpAtMs: s(60),
  processedAtMs: s(62),
  takenBackAtMs: null,
  ...with_,
});
const backlogAt = (atMs: number, saidMs: number): readonly Backlog[] => [
  {
    connection: 'tryton-us',
    waiting: Math.round((endMs - atMs) / 200),
    underWay: 15,
    oldestMs: 0,
    paused: null,
    donePerSecond: 5,
    comingPerSecond: 0,
    lagMs: saidMs,
    workedOffInMs: saidMs,
  },
];

/** A day on which all went well; the tests let one thing go wrong each. */
function evidence(with_: Partial<DayEvidence> = {}, forecastOff = 1): DayEvidence {
  const marks = new Map(
    day.happenings.flatMap(({ what, atMs, forMs = 0 }) => [
      [`${what}.begins` as const, { atMs, slots: slotsAt(atMs) }],
      [`${what}.ends` as const, { atMs: atMs + forMs, slots: slotsAt(atMs + forMs) }],
    ]),
  );
  const down = marks.get('gateway-down.begins')?.atMs ?? 0;
  const out = marks.get('allocation-runs-out.begins')?.atMs ?? 0;
  const maintained = marks.get('erp-maintenance.begins')?.atMs ?? 0;
  return {
    begunAtMs: 0,
    orders: [
      order('1'),
      order('2', { kind: 'urgent', inErpAtMs: s(12), processedAtMs: s(14) }),
      order('3', { kind: 'held', inErpAtMs: s(70), processedAtMs: s(72) }),
      order('4', { kind: 'mispriced', cancelledAtMs: s(98), inErpAtMs: null, processedAtMs: null }),
      order('5', { kind: 'mispriced', cancelledAtMs: s(98), takenBackAtMs: s(110) }),
      order('6', { placedAtMs: out + 1_000, inCrmAtMs: out + day.hourMs + 2_000 }),
      order('7', { placedAtMs: down + 1_000, inCrmAtMs: down + day.hourMs / 2 + 2_000 }),
    ],
    marks,
    samples: Array.from({ length: 100 }, (_, index) => s(10) + index * 2_500).map((atMs) => ({
      atMs,
      slots: slotsAt(atMs),
      backlog: backlogAt(atMs, forecastOff * (endMs - atMs)),
    })),
    crmWritesAtMs: [],
    erpWritesAtMs: Array.from({ length: 1_300 }, (_, index) => index * 200)
      .filter((atMs) => atMs < maintained || atMs > maintained + day.hourMs + 4_000)
      .concat(endMs),
    tally: { lost: 0, duplicated: 0 } as DayEvidence['tally'],
    problems: 0,
    isAtRest: true,
    parkedByCause: {},
    ...with_,
  };
}
const missed = (of: DayEvidence): readonly string[] =>
  goalsOf(of, day)
    .filter(({ isMet }) => !isMet)
    .map(({ name }) => name);
const changed = (id: string, with_: Partial<OrderEvidence>): Partial<DayEvidence> => ({
  orders: evidence().orders.map((each) => (each.id === id ? { ...each, ...with_ } : each)),
});

test('a day on which all goes well meets every goal', () => {
  expect(missed(evidence())).toEqual([]);
});

test.each<[string, DayEvidence, RegExp]>([
  ['something parked', evidence({ parkedByCause: { unmappable: 1 } }), /parked/],
  ['a CRM that lags', evidence(changed('1', { inCrmAtMs: s(40) })), /CRM stays current/],
  ['a CRM that never gets it', evidence(changed('1', { inCrmAtMs: null })), /CRM stays current/],
  ['an express order in the common queue', evidence(changed('2', { processedAtMs: s(90) })), /overtake/],
  ['a held order that was sent', evidence(changed('3', { inErpAtMs: s(30) })), /held for fraud/],
  ['a cancelled order that was sent', evidence(changed('4', { inErpAtMs: s(120) })), /mispriced/],
  ['a cancelled order that stays open', evidence(changed('5', { takenBackAtMs: null })), /mispriced/],
  ['an order lost with the gateway', evidence(changed('7', { inCrmAtMs: null })), /gateway is down/],
  ['a CRM that is written to without an allocation', evidence({ crmWritesAtMs: [s(35)] }), /allocation/],
  ['a forecast that is a fifth off', evidence({}, 1.2), /forecast/],
  ['an ERP that is slow to be taken up again', evidence({ erpWritesAtMs: [s(30), s(100)] }), /maintenance/],
])('%s misses its goal', (_, day_, goal) => {
  expect(missed(day_).some((name) => goal.test(name))).toBe(true);
});

test('idle slots, and requests beyond the limit, miss their goals', () => {
  const samples = evidence().samples.map((sample) => ({
    ...sample,
    slots: { ...sample.slots, busyMs: 0.9 * sample.slots.busyMs, refused: 3 },
  }));
  expect(
    missed(evidence({ samples })).filter((name) => /slots in use|requests beyond/.test(name)),
  ).toHaveLength(2);
});
