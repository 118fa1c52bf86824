/**
 * The peak day as data. Rates and service times are those of the real day; the hours are shorter: one of the day's hours lasts
 * `hourMs`. All instants and durations are milliseconds of the run.
 */
export type Day = {
  readonly hourMs: number;
  /** Stretches of the day with their orders a second, one after the other. */
  readonly arrivals: readonly { readonly forMs: number; readonly perSecond: number }[];
  /** Of the orders: shares that are express or collected, that fraud control holds, that carry a wrong price. */
  readonly shares: { readonly urgent: number; readonly held: number; readonly mispriced: number };
  readonly happenings: readonly Happening[];
  readonly erp: {
    /** What the account allows at once, and how many of these the product may use for commands; the rest is for polls. */
    readonly requestLimit: number;
    readonly slots: number;
    /** Each of the saves that make an order; four of them make most orders. */
    readonly saveMs: number;
  };
};

export type Happening = {
  readonly atMs: number;
  readonly forMs?: number;
  readonly what:
    | 'allocation-runs-out'
    | 'holds-released'
    | 'others-take-half'
    | 'erp-maintenance'
    | 'gateway-down'
    | 'mispriced-cancelled'
    | 'warehouse-begins';
};

/** The order in which things happen is the day's; `scale` shortens all of it alike, with the number of orders. */
export function peakDay(scale: number): Day {
  const s = (seconds: number): number => Math.round(seconds * 1_000 * scale);
  const hourMs = s(12);
  return {
    hourMs,
    arrivals: [
      { forMs: s(8), perSecond: 3 },
      { forMs: s(16), perSecond: 50 },
      { forMs: s(62), perSecond: 2 },
      { forMs: s(10), perSecond: 10 },
    ],
    shares: { urgent: 0.04, held: 0.08, mispriced: 0.25 },
    happenings: [
      { what: 'allocation-runs-out', atMs: s(28), forMs: hourMs },
      { what: 'holds-released', atMs: s(42) },
      { what: 'others-take-half', atMs: s(46), forMs: hourMs },
      { what: 'erp-maintenance', atMs: s(64), forMs: hourMs },
      { what: 'gateway-down', atMs: s(86), forMs: hourMs / 2 },
      { what: 'mispriced-cancelled', atMs: s(98) },
      { what: 'warehouse-begins', atMs: s(98) + 8_000 },
    ],
    erp: { requestLimit: 16, slots: 15, saveMs: 750 },
  };
}

/** Where a happening stands in the day. @throws RangeError when the day has none such */
export function happeningOf(day: Day, what: Happening['what']): Happening {
  const found = day.happenings.find((each) => each.what === what);
  if (found === undefined) throw new RangeError(`nothing of the day is called ${what}`);
  return found;
}

/** When each order of the day is placed, from its beginning. */
export function placings({ arrivals }: Pick<Day, 'arrivals'>): readonly number[] {
  const at: number[] = [];
  let beginMs = 0;
  for (const { forMs, perSecond } of arrivals) {
    const orders = Math.round((forMs / 1_000) * perSecond);
    for (let index = 0; index < orders; index += 1) at.push(beginMs + (index * forMs) / orders);
    beginMs += forMs;
  }
  return at;
}

/** When the last order has been placed. */
export const arrivalsEndMs = ({ arrivals }: Pick<Day, 'arrivals'>): number =>
  arrivals.reduce((sum, { forMs }) => sum + forMs, 0);
