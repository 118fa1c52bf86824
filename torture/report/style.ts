/** The look of a report, in daylight and at night, with nothing from elsewhere. */
export const style = `
:root { color-scheme: light dark; --ground: #fbfbf9; --text: #1c1d1f; --quiet: #63676d; --line: #d9dad6; --card: #fff;
  --good: #1f7a4d; --bad: #b3261e; --mark: #b3261e33; --s0: #3367b0; --s1: #8a8d91; --s2: #1f7a4d; --s3: #b56a00; --s4: #7a4fb0; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181b; --text: #e7e7e3; --quiet: #9da1a7; --line: #34373c; --card: #1d2024;
  --good: #5fc48f; --bad: #ff8a80; --mark: #ff8a8040; --s0: #7fb0f5; --s1: #8e9298; --s2: #5fc48f; --s3: #f0ab4b; --s4: #b899ef; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.25rem 4rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2.25rem 0 .6rem; }
p { margin: .3rem 0; } .quiet { color: var(--quiet); } .good { color: var(--good); } .bad { color: var(--bad); }
.figures { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0; }
.figures div { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .45rem .8rem; min-width: 7rem; }
.figures b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--quiet); } td.n, th.n { text-align: right; }
details { border: 1px solid var(--line); border-radius: .4rem; background: var(--card); margin: .4rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; } pre { overflow-x: auto; font: 12px/1.5 ui-monospace, monospace; margin: .6rem 0 .2rem; }
svg { display: block; width: 100%; height: auto; background: var(--card); border: 1px solid var(--line); border-radius: .4rem; }
svg text { fill: var(--quiet); font: 11px system-ui, sans-serif; } svg .axis { stroke: var(--line); }
svg .fault { fill: var(--mark); stroke: var(--bad); stroke-width: .6; } svg .curve { fill: none; stroke-width: 1.4; }
.key { display: inline-flex; align-items: center; gap: .35rem; margin-right: 1rem; } .key i { width: .8rem; height: .2rem; display: inline-block; }
`;
