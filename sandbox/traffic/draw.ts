import type { SeededRandom } from '#connector-testkit/seeded-random.ts';

/** Whether something of this share of orders happens to this one. Draws once whatever the share, so that shares can be tuned. */
export const happens = (random: SeededRandom, share: number): boolean => random.next() < share;

/** One of the items, by weight. @throws RangeError for none */
export function weighted<T extends { readonly weight: number }>(
  random: SeededRandom,
  items: readonly T[],
): T {
  const last = items.at(-1);
  if (last === undefined) throw new RangeError('nothing to pick from');
  let left = random.next() * items.reduce((sum, { weight }) => sum + weight, 0);
  return items.find(({ weight }) => (left -= weight) < 0) ?? last;
}

/** One of the items, the first ones far more often: about half of the draws fall on the first fifth. */
export function skewed<T>(random: SeededRandom, items: readonly T[]): T {
  const item = items[Math.floor(random.next() ** 2.3 * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}
