/** The part of V8's .cpuprofile that we read. */
export type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
};

type Frame = { readonly name: string; own: number; total: number; readonly callees: Map<string, Frame> };

const width = 1_400;
const rowHeight = 16;
/** Frames narrower than this share of the whole are left out. */
const leastShare = 0.0015;
const asleep = new Set(['(idle)', '(program)']);
const root = new URL('../../', import.meta.url).href;

/** A flame graph as SVG: width is time on the CPU, callees stand on their callers, a tooltip names each frame. Idle time is left out. */
export function flameGraph(profile: CpuProfile, title: string): string {
  const whole = fold(profile);
  const depth = depthOf(whole, whole.total * leastShare);
  const height = (depth + 2) * rowHeight + 24;
  const boxes: string[] = [];
  place(whole, 0, 0, whole.total, height, boxes);
  const seconds = (whole.total / 1e6).toFixed(2);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="11">
<text x="4" y="14">${escaped(title)}: ${seconds} s of CPU (idle left out)</text>
${boxes.join('\n')}
</svg>
`;
}

function fold({ nodes, samples, timeDeltas }: CpuProfile): Frame {
  const own = new Map<number, number>();
  samples.forEach((id, index) => own.set(id, (own.get(id) ?? 0) + Math.max(0, timeDeltas[index] ?? 0)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const frameOf = (ids: readonly number[], name: string): Frame => {
    const frame: Frame = { name, own: 0, total: 0, callees: new Map() };
    const callees = new Map<string, number[]>();
    for (const id of ids) {
      const node = byId.get(id);
      if (node === undefined) continue;
      frame.own += own.get(id) ?? 0;
      for (const child of node.children ?? []) {
        const callee = nameOf(byId.get(child)?.callFrame);
        if (!asleep.has(callee)) callees.set(callee, [...(callees.get(callee) ?? []), child]);
      }
    }
    for (const [callee, children] of callees) frame.callees.set(callee, frameOf(children, callee));
    frame.total = frame.own + [...frame.callees.values()].reduce((sum, { total }) => sum + total, 0);
    return frame;
  };
  const [top] = nodes;
  return frameOf(top === undefined ? [] : [top.id], 'all');
}

function nameOf(call: CpuProfile['nodes'][number]['callFrame'] | undefined): string {
  if (call === undefined) return '(unknown)';
  const place = call.url.startsWith(root)
    ? call.url.slice(root.length).replace(/^node_modules\//, '')
    : call.url;
  return `${call.functionName || '(anonymous)'}${place === '' ? '' : ` ${place}:${call.lineNumber + 1}`}`;
}

const depthOf = (frame: Frame, least: number): number =>
  frame.total < least
    ? 0
    : 1 + Math.max(0, ...[...frame.callees.values()].map((callee) => depthOf(callee, least)));

function place(
  frame: Frame,
  level: number,
  start: number,
  all: number,
  height: number,
  boxes: string[],
): void {
  if (frame.total < all * leastShare) return;
  const [x, w] = [(start / all) * width, (frame.total / all) * width];
  const y = height - (level + 1) * rowHeight;
  const share = ((100 * frame.total) / all).toFixed(1);
  const label = frame.name.slice(0, Math.floor(w / 6.7));
  boxes.push(
    `<g><title>${escaped(frame.name)} ${share} %</title><rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(0.4, w - 0.4).toFixed(1)}" height="${rowHeight - 1}" fill="${colourOf(frame.name)}"/>${label.length > 2 ? `<text x="${(x + 2).toFixed(1)}" y="${y + 11}">${escaped(label)}</text>` : ''}</g>`,
  );
  let at = start + frame.own;
  for (const callee of [...frame.callees.values()].sort((a, b) => b.total - a.total)) {
    place(callee, level + 1, at, all, height, boxes);
    at += callee.total;
  }
}

/** Ours, packages, Node.js itself, the engine: each a colour. */
function colourOf(name: string): string {
  if (/ (src|bench)\//.test(name)) return '#f4a261';
  if (name.includes(' node:')) return '#a8c5da';
  if (name.startsWith('(')) return '#d0d0d0';
  return name.includes(' ') ? '#e9d58b' : '#cfe3b4';
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
