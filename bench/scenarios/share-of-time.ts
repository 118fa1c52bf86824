/** How long it took from when this share of the orders had arrived until that share had. Milliseconds. */
export function shareOfTime(arrivedAtMs: Float64Array, from: number, to: number): number {
  const sorted = arrivedAtMs.filter((at) => !Number.isNaN(at)).sort();
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return at(to) - at(from);
}
