/**
 * What a run over many seeds must have met at least once, or it has proved nothing about it. Named as sentences, since they
 * are read in the summary.
 */
export const coveragePoints = [
  'a zombie was fenced',
  'a lease ran out in a worker that lives',
  'a worker crashed with a call in flight',
  'two workers raced for a lane',
  'a commit answer was lost and recognised as applied',
  'a commit never arrived and was sent again',
  'a commit arrived after its repetition',
  'a claim got no answer',
  'lanes that nobody held were given back',
  'the database restarted with commits under way',
  'a late effect was found by look-up',
  'a look-up proved that there was no effect',
  'an effect took place and its answer was lost',
  'accepted, and done when asked again',
  'a platform refused what it had accepted',
  'a conflict key was held by another lane',
  'a command waited for a permit',
  'breaker opened',
  'a lane parked by the breaker was pulled',
  'a command was decided again as stale',
  'a command was superseded before it was sent',
  'a cancel came while the create was in flight',
  'a cancel took back a create that was never sent',
  'a cancel came too late',
  'unmappable, and healed by its crosswalk row',
  'a missed wake-up was healed',
  'unsafe and unknown, resolved by an operator',
  'an operator discarded a command',
  'rejected, and healed by an edit',
  'edited after the ERP had it',
  'a duplicate delivery was dropped',
  'a duplicate was superseded',
  'a dropped webhook was healed by the poll',
  'a malformed message was parked',
  'a parked message was replayed',
  'a message waited for its record to be linked',
  'paid before created',
  'an unlike body of one instant was read again',
  'a deadline fired',
  'stock was short',
  'shipped in parts',
  'three bodies of one instant',
  'a new version took over an instance of the old one',
  'an old worker left a newer instance alone',
  'a worker that knows the new version alone set an older instance aside',
  'the new version took in what the old one had asked for',
  'a worker stopped and let its calls end',
  'a lease ran out while its worker let a call end',
  'a release was rolled back',
  'the scheduler stood still',
  'the clock of the database was set back',
  'the clock of the database was set forward',
  'a deadline fired late',
  'a deadline fired twice',
  'a deadline came after what it waited for',
  'a deadline came after the cancellation',
  'an order was missing in the ERP by its deadline',
  'a holder of a conflict key died',
  'a holder of a conflict key was parked',
  'what held a conflict key was taken back',
  'of several keys some were free, and none was kept',
  'a key went to others more than twice before it was had',
  'an urgent command went before others',
  'many orders rushed for few goods',
  'lanes contended for the last pieces',
  'stock that was short was set free',
] as const;
export type CoveragePoint = (typeof coveragePoints)[number];

/** The sum of how often each point was met. */
export function addCoverage(sum: Map<CoveragePoint, number>, one: ReadonlyMap<CoveragePoint, number>): void {
  for (const [point, times] of one) sum.set(point, (sum.get(point) ?? 0) + times);
}

/** How often each point was met, all of them named. */
export const coverageOf = (met: ReadonlyMap<CoveragePoint, number>): Readonly<Record<string, number>> =>
  Object.fromEntries(coveragePoints.map((point) => [point, met.get(point) ?? 0]));

/** The points that were never met. */
export const missedPoints = (met: ReadonlyMap<CoveragePoint, number>): readonly CoveragePoint[] =>
  coveragePoints.filter((point) => (met.get(point) ?? 0) === 0);
