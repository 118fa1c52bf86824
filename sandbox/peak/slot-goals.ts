import type { Day } from './day.ts';
import type { DayEvidence, Mark } from './evidence.ts';
import { type Goal, markOf } from './goal.ts';

/** Shares of the slots that are free to us; requests beyond the account's limit. */
const slotBounds = { useWithBacklog: 0.95, useBesideOthers: 0.8, refusedBesideOthers: 10 } as const;
/** While fewer wait, the slots need not all be in use. */
const leastWaiting = 40;
/** After the ERP's return, lanes come back within this. Milliseconds. */
const settlingMs = 5_000;

/** No call beyond the account's limit, and none of its slots idle while orders wait. */
export function slotGoals(evidence: DayEvidence, { erp }: Day): readonly Goal[] {
  const begins = markOf(evidence, 'others-take-half', 'begins');
  const ends = markOf(evidence, 'others-take-half', 'ends');
  const last = evidence.samples.at(-1) ?? ends;
  const refusedBeside = ends.slots.refused - begins.slots.refused;
  const refusedElse = last.slots.refused - refusedBeside;
  const use = useOf(undisturbed(evidence), erp.slots);
  const freeBeside = erp.slots - Math.floor(erp.slots / 2);
  const beside = useOf([[begins, ends]], freeBeside);
  return [
    {
      name: `requests beyond the ERP account's ${erp.requestLimit} at once (${erp.slots} for commands, the rest for polls; most at once ${last.slots.mostInUse})`,
      measured: String(refusedElse),
      bound: '0',
      isMet: refusedElse === 0,
    },
    {
      name: `slots in use while orders wait (over ${use.seconds} s)`,
      measured: percent(use.share),
      bound: `>= ${percent(slotBounds.useWithBacklog)}`,
      isMet: use.share >= slotBounds.useWithBacklog,
    },
    {
      name: 'another integration takes half of the slots: requests refused, and use of the slots that are left',
      measured: `${refusedBeside}, ${percent(beside.share)}`,
      bound: `<= ${slotBounds.refusedBesideOthers}, >= ${percent(slotBounds.useBesideOthers)}`,
      isMet: refusedBeside <= slotBounds.refusedBesideOthers && beside.share >= slotBounds.useBesideOthers,
    },
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Pairs of neighbouring samples between which plenty waited, the ERP was there, and all slots were ours. */
function undisturbed(evidence: DayEvidence): readonly (readonly [Mark, Mark])[] {
  const away = (['others-take-half', 'erp-maintenance'] as const).map((what) => ({
    fromMs: markOf(evidence, what, 'begins').atMs,
    toMs: markOf(evidence, what, 'ends').atMs + settlingMs,
  }));
  return evidence.samples.flatMap((sample, index) => {
    const before = evidence.samples[index - 1];
    const isDisturbed =
      before === undefined || away.some(({ fromMs, toMs }) => before.atMs < toMs && sample.atMs > fromMs);
    return !isDisturbed && [before, sample].every(hasBacklog) ? [[before, sample] as const] : [];
  });
}

const hasBacklog = ({ backlog }: DayEvidence['samples'][number]): boolean =>
  backlog.some(({ connection, waiting }) => connection.startsWith('tryton') && waiting >= leastWaiting);

function useOf(
  pairs: readonly (readonly [Mark, Mark])[],
  slots: number,
): { readonly share: number; readonly seconds: number } {
  const [busyMs, passedMs] = pairs.reduce(
    ([busy, passed], [from, to]) => [
      busy + to.slots.busyMs - from.slots.busyMs,
      passed + to.atMs - from.atMs,
    ],
    [0, 0],
  );
  return {
    share: passedMs === 0 ? 0 : busyMs / (passedMs * slots),
    seconds: Math.round(passedMs / 1_000),
  };
}
