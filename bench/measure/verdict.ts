import { effectKinds, type Effects, type Finality } from '../sinks/effect-log.ts';

/** What the sinks saw of a run's orders. A run in which any of the first three is not 0 is void. */
export type Verdict = {
  readonly orders: number;
  /** Not in the ERP, or not in the CRM as it should be at the end. */
  readonly lost: number;
  /** Made more than once in a system; each extra counts. */
  readonly doubled: number;
  /** Effects of one order that a system got after those of a newer version of it. */
  readonly outOfOrder: number;
  /** Upserts of what was there already: no second effect, but a call. */
  readonly repeated: number;
  /** Calls that changed something, all systems. */
  readonly effects: number;
};

export type Arrivals = {
  readonly verdict: Verdict;
  /** By order, from `first`: when it had arrived in both systems; NaN: never. Monotonic milliseconds. */
  readonly arrivedAtMs: Float64Array;
  readonly erpAtMs: Float64Array;
  readonly crmAtMs: Float64Array;
};

const kind = (name: (typeof effectKinds)[number]): number => effectKinds.indexOf(name);

/** Judges orders `[first, first + orders)`; those before were for warming up, and are judged by a call of their own. */
export function judge(effects: Effects, first: number, orders: number, finality: Finality): Arrivals {
  const erpAtMs = new Float64Array(orders).fill(Number.NaN);
  const crmAtMs = new Float64Array(orders).fill(Number.NaN);
  const erpMade = new Uint8Array(orders);
  const crmMade = new Uint8Array(orders);
  const erpVersion = new Uint8Array(orders);
  const crmVersion = new Uint8Array(orders);
  const counts = { doubled: 0, outOfOrder: 0, repeated: 0, effects: 0 };
  for (let row = 0; row < effects.count; row += 1) {
    const at = (effects.order[row] ?? 0) - first;
    if (at < 0 || at >= orders) continue;
    const [what = 0, version = 0, atMs = 0] = [effects.kind[row], effects.version[row], effects.atMs[row]];
    const isErp = what === kind('erp-made') || what === kind('erp-carried');
    const made = isErp ? erpMade : crmMade;
    if (what === kind('erp-made') || what === kind('crm-made')) {
      if (made[at] !== 0) counts.doubled += 1;
      made[at] = 1;
    }
    if (what === kind('crm-repeated')) counts.repeated += 1;
    else counts.effects += 1;
    const versions = isErp ? erpVersion : crmVersion;
    if (version < (versions[at] ?? 0)) counts.outOfOrder += 1;
    versions[at] = Math.max(version, versions[at] ?? 0);
    if (what === kind(finality.erpKind) && Number.isNaN(erpAtMs[at])) erpAtMs[at] = atMs;
    if (!isErp && version >= finality.crmVersion && Number.isNaN(crmAtMs[at])) crmAtMs[at] = atMs;
  }
  const arrivedAtMs = erpAtMs.map((erp, at) => Math.max(erp, crmAtMs[at] ?? Number.NaN));
  const lost = arrivedAtMs.reduce((sum, at) => sum + (Number.isNaN(at) ? 1 : 0), 0);
  return { verdict: { orders, lost, ...counts }, arrivedAtMs, erpAtMs, crmAtMs };
}

export const isVoid = ({ lost, doubled, outOfOrder }: Verdict): boolean => lost + doubled + outOfOrder > 0;
