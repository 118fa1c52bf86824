import type { ColumnName } from '../columns.ts';
import type { Cell } from '../scenarios/cell.ts';
import type { ScenarioName } from '../scenarios/scenarios.ts';

/** One scenario of one system over its repetitions. */
export type Summary = {
  readonly scenario: ScenarioName;
  readonly column: ColumnName;
  readonly runs: number;
  readonly voidRuns: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  /** Highest share of the machine that strangers used in a run; beyond a few per cent the figures are not to be trusted. */
  readonly strangersCpuShare: number;
  /** Median, least and most over the runs. */
  readonly figures: Readonly<
    Record<string, { readonly median: number; readonly min: number; readonly max: number }>
  >;
};

export function summarise(scenario: ScenarioName, column: ColumnName, cells: readonly Cell[]): Summary {
  const names = [...new Set(cells.flatMap(({ figures }) => Object.keys(figures)))];
  const sum = (pick: (cell: Cell) => number): number => cells.reduce((total, cell) => total + pick(cell), 0);
  return {
    scenario,
    column,
    runs: cells.length,
    voidRuns: sum(({ isVoid }) => (isVoid ? 1 : 0)),
    lost: sum(({ verdict }) => verdict.lost),
    doubled: sum(({ verdict }) => verdict.doubled),
    outOfOrder: sum(({ verdict }) => verdict.outOfOrder),
    strangersCpuShare: Math.max(0, ...cells.map(({ usage }) => usage.strangersCpuShare)),
    figures: Object.fromEntries(
      names.map((name) => [name, spread(cells.flatMap(({ figures }) => figures[name] ?? []))]),
    ),
  };
}

function spread(values: readonly number[]): {
  readonly median: number;
  readonly min: number;
  readonly max: number;
} {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return { median: at(Math.floor((sorted.length - 1) / 2)), min: at(0), max: at(sorted.length - 1) };
}
