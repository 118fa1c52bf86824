import type { Happening } from './day.ts';
import type { DayEvidence, Mark } from './evidence.ts';

/** What was to be shown, what came out, and whether that is enough. */
export type Goal = {
  readonly name: string;
  readonly measured: string;
  readonly bound: string;
  readonly isMet: boolean;
};

/** When something of the day lasted. */
export type Stretch = { readonly fromMs: number; readonly toMs: number };

export const seconds = (ms: number | null): string =>
  ms === null ? 'never' : `${(ms / 1_000).toFixed(1)} s`;

/** @throws RangeError when the run ended before that */
export function markOf({ marks }: DayEvidence, what: Happening['what'], phase: 'begins' | 'ends'): Mark {
  const mark = marks.get(`${what}.${phase}`);
  if (mark === undefined) throw new RangeError(`${what} never ${phase}: the run ended too early`);
  return mark;
}

export const stretchOf = (evidence: DayEvidence, what: Happening['what']): Stretch => ({
  fromMs: markOf(evidence, what, 'begins').atMs,
  toMs: markOf(evidence, what, 'ends').atMs,
});
