/** A rush: from one share of the orders to another they come so many times as fast. */
export type Rush = { readonly from: number; readonly to: number; readonly times: number };

/** When each of so many orders is placed, in milliseconds from the beginning: evenly, but for a rush. */
export function pace(orders: number, perSecond: number, rush: Rush | null): readonly number[] {
  const at: number[] = [];
  let nowMs = 0;
  for (let index = 0; index < orders; index += 1) {
    at.push(nowMs);
    const share = index / orders;
    const isRush = rush !== null && share >= rush.from && share < rush.to;
    nowMs += 1_000 / (perSecond * (isRush ? rush.times : 1));
  }
  return at;
}
