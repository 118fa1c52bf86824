import type { Json } from '#canonical/json.ts';
import type { ExternalRef, Instant } from '#canonical/primitives.ts';
import { contentHash } from './content-hash.ts';
import { goesBack, type Moves } from './moves.ts';
import type { Fact, Facts, OrderState, WentBack } from './state.ts';

/** One record of one platform. */
export const factKey = (ref: ExternalRef): string => `${ref.connection}/${ref.id}`;

/** Whether an observation told something, what is known already (`same`), or what a newer one had overtaken (`older`). */
export type Merged = 'taken' | 'same' | 'older';

/** How an observation relates to what is known. At one instant with another body, the later arrival is believed. */
export function compareFact<T extends Json>(known: Fact<T> | null | undefined, seen: Fact<T>): Merged {
  if (known === null || known === undefined) return 'taken';
  if (seen.at < known.at) return 'older';
  return seen.at === known.at && known.hash === seen.hash ? 'same' : 'taken';
}

type Stated = Json & { readonly status: string };

/**
 * The newest of two observations wins, so that any order of arrival ends in the same facts. A move of its state that is
 * neither forward nor declared is noted under `record`.
 */
export function observe<T extends Stated>(
  facts: Facts<T>,
  wentBack: OrderState['wentBack'],
  seen: { readonly key: string; readonly record: string; readonly at: Instant; readonly data: T },
  moves: Moves<T['status']>,
): { readonly facts: Facts<T>; readonly wentBack: OrderState['wentBack']; readonly merged: Merged } {
  const known = facts[seen.key];
  const fact = { at: seen.at, hash: contentHash(seen.data), data: seen.data };
  const merged = compareFact(known, fact);
  if (merged !== 'taken') return { facts, wentBack, merged };
  return {
    facts: { ...facts, [seen.key]: fact },
    wentBack: noteMove(
      wentBack,
      seen.record,
      moves,
      known?.data.status ?? seen.data.status,
      seen.data.status,
    ),
    merged,
  };
}

/** Flags a move that goes back; the flag falls when the record is again where it was, or further on. */
export function noteMove<S extends string>(
  wentBack: OrderState['wentBack'],
  record: string,
  moves: Moves<S>,
  from: S,
  to: S,
): OrderState['wentBack'] {
  const { [record]: flagged, ...others } = wentBack;
  const furthest = (flagged?.from as S | undefined) ?? from;
  if (goesBack(moves, furthest, to))
    return { ...others, [record]: { from: furthest, to } satisfies WentBack };
  return flagged === undefined ? wentBack : others;
}

/** The facts in an order that does not depend on when they arrived. */
export function sortedFacts<T extends Json>(facts: Facts<T>): readonly (readonly [key: string, data: T])[] {
  return sorted(facts).map(([key, { data }]) => [key, data] as const);
}

/** Key and fingerprint of each fact: what tells whether any of them changed. */
export const factHashes = (facts: Facts<Json>): string[] =>
  sorted(facts).map(([key, { hash }]) => `${key} ${hash}`);

const sorted = <T extends Json>(facts: Facts<T>): readonly [string, Fact<T>][] =>
  Object.entries(facts).toSorted(([a], [b]) => (a < b ? -1 : 1));
