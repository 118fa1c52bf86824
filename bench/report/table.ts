import type { ColumnName } from '../columns.ts';
import type { ScenarioName } from '../scenarios/scenarios.ts';
import type { Summary } from './summary.ts';

/** Figures whose larger value is the better one; of all others the smaller. Those that are neither have no ratio. */
const moreIsBetter = /PerS$|Share$/;
const noRatio =
  /^(mb\.|cpu\.(driver|sinks)|waiting|isDrained|ordersPerSecond|heldS|outageS|outOfOrder|caughtByKill|repeatedUpserts|crmInTimeShare)/;
const figureWidth = 26;
const columnWidth = 24;

/** Each scenario's figures, a column a system: the median, and in brackets least and most where there were several runs. */
export function table(summaries: readonly Summary[], titles: Readonly<Record<ScenarioName, string>>): string {
  const lines: string[] = [];
  for (const [scenario, columns] of Map.groupBy(summaries, (summary) => summary.scenario)) {
    lines.push('', `${scenario}: ${titles[scenario]}`);
    lines.push(
      row(
        '',
        columns.map(({ column }) => column),
      ),
    );
    const names = [...new Set(columns.flatMap(({ figures }) => Object.keys(figures)))];
    for (const name of names)
      lines.push(
        row(
          name,
          columns.map((summary) => shown(summary, name)),
        ),
      );
    lines.push(
      row(
        'lost/doubled/out of order',
        columns.map(({ lost, doubled, outOfOrder }) => `${lost}/${doubled}/${outOfOrder}`),
      ),
    );
    lines.push(
      row(
        'strangers on the CPU',
        columns.map(({ strangersCpuShare }) => `${Math.round(100 * strangersCpuShare)} %`),
      ),
    );
    const voided = columns.filter(({ voidRuns }) => voidRuns > 0);
    for (const { column, voidRuns, runs } of voided)
      lines.push(`  ${column}: ${voidRuns} of ${runs} runs are void`);
  }
  return lines.join('\n');
}

function shown({ figures, runs }: Summary, name: string): string {
  const figure = figures[name];
  if (figure === undefined) return '-';
  const { median, min, max } = figure;
  return runs === 1 ? short(median) : `${short(median)} (${short(min)}..${short(max)})`;
}

const short = (value: number): string =>
  !Number.isFinite(value)
    ? '-'
    : Math.abs(value) >= 100
      ? value.toFixed(0)
      : Math.abs(value) >= 10
        ? value.toFixed(1)
        : value.toFixed(2);

const row = (name: string, cells: readonly string[]): string =>
  `  ${name.padEnd(figureWidth)}${cells.map((cell) => cell.padStart(columnWidth)).join('')}`;

/** How the product stands to each peer: above 1 is in the product's favour. By `scenario.figure`, `product/peer`. */
export function ratios(
  summaries: readonly Summary[],
  products: readonly ColumnName[],
): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const result: Record<string, Record<string, number>> = {};
  for (const own of summaries.filter(({ column }) => products.includes(column)))
    for (const peer of summaries.filter(
      (other) => other.scenario === own.scenario && !products.includes(other.column),
    ))
      for (const [name, { median }] of Object.entries(own.figures)) {
        const theirs = peer.figures[name]?.median;
        if (theirs === undefined || noRatio.test(name)) continue;
        const ratio = moreIsBetter.test(name) ? median / theirs : theirs / median;
        if (Number.isFinite(ratio))
          (result[`${own.scenario}.${name}`] ??= {})[`${own.column}/${peer.column}`] = Number(
            ratio.toFixed(2),
          );
      }
  return result;
}
