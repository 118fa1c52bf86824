import type { Json } from '#canonical/json.ts';

/** The members of a state that are stored apart, and whether a step changed any of them. */
export type BulkOfState = { readonly members: readonly string[]; readonly isChanged: boolean };

/** What a step writes of an instance's state: the big members apart, and only where they changed. */
export function storedState({ state, bulk }: { readonly state: Json; readonly bulk?: BulkOfState }): {
  readonly state: string;
  /** Null leaves what is stored. */
  readonly bulk: string | null;
} {
  if (bulk === undefined || bulk.members.length === 0)
    return { state: JSON.stringify(state), bulk: bulk?.isChanged === true ? '{}' : null };
  const isApart = new Set(bulk.members);
  const [apart, rest] = [new Array<[string, unknown]>(), new Array<[string, unknown]>()];
  for (const member of Object.entries(state as object)) (isApart.has(member[0]) ? apart : rest).push(member);
  return {
    state: JSON.stringify(Object.fromEntries(rest)),
    bulk: bulk.isChanged ? JSON.stringify(Object.fromEntries(apart)) : null,
  };
}

/** The state as the process knows it, and which members of it lay apart. */
export function wholeState(row: { readonly state: string; readonly bulk: string | null }): {
  readonly state: Json;
  readonly apart: readonly string[];
} {
  const state = JSON.parse(row.state) as Json;
  const bulk = row.bulk === null ? {} : (JSON.parse(row.bulk) as Record<string, Json>);
  const apart = Object.keys(bulk);
  return { state: apart.length === 0 ? state : { ...(state as object), ...bulk }, apart };
}
