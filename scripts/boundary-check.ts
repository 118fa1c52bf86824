import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { layers } from '../layers.ts';
import { boundaryRules } from './boundary-rules.ts';

/** One import that a rule forbids. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  /** For a cycle: the files it runs through. */
  readonly via: readonly string[];
  readonly why: string;
}

export interface BoundaryReport {
  readonly files: number;
  readonly violations: readonly Violation[];
}

/** Looks at every import below `root`, type-only ones too, and reports each that layers.ts does not allow. */
export async function checkBoundaries(root: string): Promise<BoundaryReport> {
  const topFolders = new Set(['src', ...layers.map((layer) => layer.folder.split('/')[0] ?? layer.folder)]);
  const present = [...topFolders].filter((folder) => existsSync(join(root, folder)));
  const { output } = await cruise(present, {
    baseDir: root,
    validate: true,
    ruleSet: { forbidden: boundaryRules() },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^console/dist/' },
    // A layer that knows another's types depends on it.
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  });
  return reported(output);
}

function reported(output: ICruiseResult | string): BoundaryReport {
  if (typeof output === 'string') throw new Error(`dependency-cruiser answered with text, not with a result`);
  const reasons = new Map(boundaryRules().map((rule) => [rule.name, rule.comment ?? '']));
  const violations = output.summary.violations.map(({ rule, from, to, cycle }) => ({
    rule: rule.name,
    from,
    to,
    via: cycle?.map((step) => step.name) ?? [],
    why: reasons.get(rule.name) ?? '',
  }));
  return { files: output.summary.totalCruised, violations };
}
