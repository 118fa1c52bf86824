import { parseArgs } from 'node:util';
import { planOf } from './plan.ts';
import { runSeed } from './run-seed.ts';
const { values } = parseArgs({ options: { seeds: { type: 'string', default: '200' }, from: { type: 'string', default: '1' }, seed: { type: 'string' }, trace: { type: 'boolean', default: false } } });
const from = Number(values.seed ?? values.from);
const n = values.seed ? 1 : Number(values.seeds);
const by = new Map<string, number[]>();
const cov = new Map<string, number>();
let actions = 0;
for (let seed = from; seed < from + n; seed++) {
  const r = runSeed(planOf(seed), values.trace);
  actions += r.actions;
  for (const [k, v] of r.coverage) cov.set(k, (cov.get(k) ?? 0) + v);
  if (values.trace) console.log(r.trace.join('\n'));
  if (r.violation) { by.set(r.violation.invariant, [...(by.get(r.violation.invariant) ?? []), seed]); if (n <= 5) console.log(seed, r.violation, r.trace.slice(-40).join('\n')); }
}
for (const [k, v] of by) console.log(v.length, k, v.slice(0, 8).join(' '));
console.log(actions, Object.fromEntries(cov));
