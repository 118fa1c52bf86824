/** Nearest-rank percentiles of the values, which are sorted in place. NaN for none. */
export function percentiles(values: Float64Array, shares: readonly number[]): readonly number[] {
  values.sort();
  return shares.map((share) => values[Math.max(0, Math.ceil(share * values.length) - 1)] ?? Number.NaN);
}
