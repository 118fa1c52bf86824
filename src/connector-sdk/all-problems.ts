import { UnmappableError, unmappable } from './mapping.ts';
import type { MappingProblem } from './outcome.ts';

/**
 * Maps every item and only then complains, so that an operator sees all missing rows at once.
 * @throws UnmappableError with the problems of all items.
 */
export function mapAll<T, U>(items: readonly T[], map: (item: T, index: number) => U): readonly U[] {
  const problems: MappingProblem[] = [];
  const values: U[] = [];
  items.forEach((item, index) => {
    try {
      values.push(map(item, index));
    } catch (error) {
      if (!(error instanceof UnmappableError)) throw error;
      problems.push(...error.problems);
    }
  });
  if (problems.length > 0) throw new UnmappableError(problems);
  return values;
}

/** Two values of one record, or the problems of both. @throws UnmappableError */
export function mapBoth<A, B>(first: () => A, second: () => B): readonly [A, B] {
  return mapAll([first, second], (map): A | B => map()) as readonly [A, B];
}

/** Amounts that no currency has (beyond 2^53, divided by zero) are the payload's fault. @throws UnmappableError */
export function computed<T>(path: string, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof UnmappableError) throw error;
    throw unmappable(path, error instanceof Error ? error.message : 'cannot be computed');
  }
}
