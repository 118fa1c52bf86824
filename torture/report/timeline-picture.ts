import type { Timeline } from '../checker/findings.ts';
import { type Html, html } from './html.ts';

const width = 1_160;
const left = 62;
const curves = 150;
const row = 18;

/** What happened each second, as curves, and below them a row for each fault with the spans in which it held. */
export function timelinePicture({ fromMs, bucketMs, series, faults }: Timeline): Html {
  const buckets = Math.max(2, ...Object.values(series).map(({ length }) => length));
  const x = (ms: number): number => left + ((ms - fromMs) / (buckets * bucketMs)) * (width - left - 8);
  const most = Math.max(1, ...Object.values(series).flat());
  const y = (count: number): number => 8 + (1 - count / most) * (curves - 16);
  const names = [...new Set(faults.map(({ fault }) => fault))].sort(
    (a, b) => Number(a.slice(1)) - Number(b.slice(1)),
  );
  const height = curves + names.length * row + 26;
  const at = (value: number): string => value.toFixed(1);
  const lines = Object.entries(series).map(([name, counts], index) => {
    const points = counts.map(
      (count, bucket) => `${at(x(fromMs + (bucket + 0.5) * bucketMs))},${at(y(count))}`,
    );
    return html`<polyline class="curve" style="stroke: var(--s${index % 5})" points="${points.join(' ')}"
      ><title>${name}</title></polyline
    >`;
  });
  const spans = faults.map(({ id, fault, kind, beginMs, endMs, inFlight }) => {
    const top = curves + names.indexOf(fault) * row + 3;
    const wide = Math.max(2.5, x(endMs) - x(beginMs));
    return html`<rect
      class="fault"
      x="${at(x(beginMs))}"
      y="${top}"
      width="${at(wide)}"
      height="${row - 6}"
      rx="2"
      ><title>
        ${id}: ${kind}, ${((endMs - beginMs) / 1_000).toFixed(1)} s, ${inFlight ?? 'unknown'} in flight
      </title></rect
    >`;
  });
  const rows = names.map(
    (name, index) =>
      html`<text x="6" y="${curves + index * row + 13}">${name}</text
        ><line
          class="axis"
          x1="${left}"
          x2="${width - 8}"
          y1="${curves + index * row}"
          y2="${curves + index * row}"
        />`,
  );
  return html`<svg
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="Events each second and the spans in which faults held"
    >
      <text x="6" y="16">${most}/s</text>
      <text x="6" y="${curves - 6}">0</text>
      ${rows}${ticks(buckets * bucketMs, (ms) => at(x(fromMs + ms)), height)}${spans}${lines}
    </svg>
    <p>
      ${Object.keys(series).map((name, index) => html`<span class="key"><i style="background: var(--s${index % 5})"></i>${name}</span>`)}
    </p>`;
}

/** A dozen marks at most, at round seconds. */
function ticks(lengthMs: number, x: (ms: number) => string, height: number): readonly Html[] {
  const stepS =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].find((step) => lengthMs / 1_000 / step <= 12) ?? 1_800;
  const seconds = Array.from(
    { length: Math.floor(lengthMs / 1_000 / stepS) + 1 },
    (_, index) => index * stepS,
  );
  return seconds.map(
    (second) =>
      html`<line
          class="axis"
          x1="${x(second * 1_000)}"
          x2="${x(second * 1_000)}"
          y1="4"
          y2="${height - 20}"
        /><text x="${x(second * 1_000)}" y="${height - 6}">${second} s</text>`,
  );
}
