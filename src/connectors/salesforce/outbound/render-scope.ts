import { z } from 'zod';
import type { MappingProblem } from '#connector-sdk/outcome.ts';
import { parseWith, type RenderContext, UnmappableError } from '#connector-sdk/mapping.ts';
import { orgProfileSchema, type OrgProfile } from '../org-profile.ts';

const renderedConfig = z.object({ org: orgProfileSchema });
const parsedProfiles = new WeakMap<object, OrgProfile>();

/** What every part of the mapping needs: the org, the retailer's crosswalks, and the list of what is wrong. */
export type RenderScope = {
  readonly org: OrgProfile;
  readonly context: RenderContext;
  readonly problems: MappingProblem[];
};

/** Runs one mapping and gathers all its problems. @throws UnmappableError naming every path. */
export function inRenderScope<T>(context: RenderContext, map: (scope: RenderScope) => T): T {
  const scope: RenderScope = { org: profileOf(context), context, problems: [] };
  const value = map(scope);
  // A value that goes into two fields is one problem for the operator.
  const problems = [
    ...new Map(scope.problems.map((problem) => [`${problem.path} ${problem.message}`, problem])).values(),
  ];
  if (problems.length > 0) throw new UnmappableError(problems);
  return value;
}

function profileOf(context: RenderContext): OrgProfile {
  const known = parsedProfiles.get(context.config);
  if (known !== undefined) return known;
  const { org } = parseWith(renderedConfig, context.config);
  parsedProfiles.set(context.config, org);
  return org;
}

/**
 * The text, if the field can hold it (UTF-16 units, as Apex counts); a longer one is a problem, never cut. So is `@{`, which a composite request
 * reads as a reference to another part's answer.
 */
export function text(scope: RenderScope, value: string, maxLength: number, path: string): string {
  if (value.length > maxLength) {
    scope.problems.push({ path, message: `${value.length} characters; the field holds ${maxLength}` });
  }
  if (value.includes('@{'))
    scope.problems.push({ path, message: 'contains "@{", which Salesforce reads as a reference' });
  return value;
}

/** A computation whose numbers may be too large, or divide by nothing: then a problem at `path`, and 0 for the rest of the mapping. */
export function computedAt(scope: RenderScope, path: string, compute: () => number): number {
  try {
    const value = compute();
    if (Number.isSafeInteger(value)) return value;
  } catch (error) {
    // big.js throws plain Errors, e.g. for a division by zero.
    if (error instanceof UnmappableError) throw error;
  }
  scope.problems.push({ path, message: 'cannot be computed exactly: too large, or for a quantity of 0' });
  return 0;
}

/** As `text`, for values that may be absent; blank counts as absent. */
export function optionalText(
  scope: RenderScope,
  value: string | null,
  maxLength: number,
  path: string,
): string | null {
  return value === null || value.trim() === '' ? null : text(scope, value.trim(), maxLength, path);
}
