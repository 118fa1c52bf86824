import type { Json } from '#canonical/json.ts';
import { pathsOf, type Path, valueAt } from '../mutations.ts';

/** A case with the places of its message that no earlier case of the same mapping has mutated. */
export type WithPlaces<Case> = Case & { readonly places: readonly Path[] };

/**
 * Shares the places to be mutated among the cases of each mapping: a place is new by its path (list positions aside) and by the
 * kind of value there. The cases that map come first, since a refusal may hide what stands behind it. Order is kept.
 */
export function newPlaces<Case>(
  cases: readonly Case[],
  about: (one: Case) => { readonly mapping: object; readonly body: Json; readonly isRefused: boolean },
): readonly WithPlaces<Case>[] {
  const seen = new Map<object, Set<string>>();
  const places = new Map<Case, readonly Path[]>();
  for (const one of [...cases].sort((a, b) => Number(about(a).isRefused) - Number(about(b).isRefused))) {
    const { mapping, body } = about(one);
    const known = seen.get(mapping) ?? new Set<string>();
    seen.set(mapping, known);
    // All places first, then their keys: two members of one list are both new.
    const fresh = pathsOf(body).filter((path) => !known.has(keyOf(body, path)));
    for (const path of fresh) known.add(keyOf(body, path));
    places.set(one, fresh);
  }
  return cases.map((one) => ({ ...one, places: places.get(one) ?? [] }));
}

const keyOf = (body: Json, path: Path): string =>
  `${path.map((key) => (typeof key === 'number' ? '[]' : key)).join('.')}: ${kindOf(valueAt(body, path))}`;

function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'empty list' : 'list';
  if (typeof value === 'string' || typeof value === 'number')
    return Number(value) === 0
      ? `zero ${typeof value}`
      : Number.isNaN(Number(value))
        ? 'text'
        : `number as ${typeof value}`;
  return typeof value;
}
