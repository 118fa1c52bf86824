import type { Shrunk } from './shrink.ts';

const firstLines = 12;
const lastLines = 40;
const widest = 170;

/** What concerns everybody: whoever reads of one record has to know of it. */
const ofAll =
  /FAULT|VIOLATED|is killed|is stopped|goes on|is back|the database|is replaced|has session|abandons|reaped/;

/** One page about the records that a violation names: what had to happen for it, what happened, and where they stood then. */
export function story({ plan, result, runs }: Shrunk): string {
  const { violation, happened } = result;
  const records = recordsIn(`${violation?.detail ?? ''}`, happened);
  const lines = result.trace.flatMap((line) => told(line, records));
  const left = lines.length - firstLines - lastLines;
  const shown =
    left <= 1
      ? lines
      : [...lines.slice(0, firstLines), `        ... ${left} lines ...`, ...lines.slice(-lastLines)];
  return [
    `THE STORY of seed ${plan.seed}: "${violation?.invariant ?? ''}"`,
    `  ${violation?.detail ?? ''}`,
    '',
    `It takes (found in ${runs} runs):`,
    ...[...happened.values()].map((what) => `  - ${what}`),
    '',
    `What happened to ${records.length === 0 ? 'all' : records.join(', ')}, in seconds:`,
    ...shown,
    '',
    'Where it stood then:',
    ...result.describe(records).map((line) => `  ${line}`),
  ].join('\n');
}

/** The orders that are spoken of; when none is, all of the run. */
function recordsIn(detail: string, happened: ReadonlyMap<string, string>): readonly string[] {
  const named = [...detail.matchAll(/order:shop:(\d+)/g), ...detail.matchAll(/\b(1\d{3})\b/g)];
  const ids = named.length > 0 ? named.map(([, id]) => id ?? '') : [];
  const known = [...happened.values()].flatMap((what) => /^order (\d+)$/.exec(what)?.[1] ?? []);
  const concerned = known.filter((id) => ids.includes(id));
  return concerned.length > 0 ? concerned : known;
}

function told(line: string, records: readonly string[]): readonly string[] {
  const [, ms = '', what = ''] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
  const isOfRecord = (text: string): boolean => records.some((id) => new RegExp(`\\b${id}\\b`).test(text));
  const at = (Number(ms) / 1000).toFixed(3).padStart(8);
  const [, session, steps, fate] = /^commit by (\d+): (.*) -> (\w+)$/.exec(what) ?? [];
  if (steps === undefined) return isOfRecord(what) || ofAll.test(what) ? [cut(`${at}  ${what}`)] : [];
  return steps
    .split('; ')
    .filter(isOfRecord)
    .map((step) => {
      const [, entity = '', claim = '', parts = ''] = /^(.*)\/(\d+\.\d+) \[(.*)\]$/.exec(step) ?? [];
      const said = parts.replaceAll(/start a(\d+)/g, ': attempt $1 begins').replaceAll(/ a\d+(?=,|$)/g, '');
      const outcome = fate === 'committed' ? '' : ` -> ${fate ?? ''}`;
      return cut(
        `${at}    ${entity} step ${claim} by session ${session ?? ''}: ${said || 'nothing'}${outcome}`,
      );
    });
}

/** Body hashes are told apart by their beginnings. */
function cut(text: string): string {
  const line = text.replaceAll(/\b([0-9a-f]{8})[0-9a-f]{56}\b/g, '$1');
  return line.length <= widest ? line : `${line.slice(0, widest - 1)}…`;
}
