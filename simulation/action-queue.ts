import type { SeededRandom } from '#connector-testkit/seeded-random.ts';

export type Action = { readonly atMs: number; readonly ordinal: number; readonly run: () => void };

/** Actions by the instant from which on they may happen; of those that may, chance takes one. */
export class ActionQueue {
  readonly #later: Action[] = [];
  readonly #ready: Action[] = [];

  add(action: Action): void {
    const heap = this.#later;
    heap.push(action);
    let child = heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!isBefore(heap[child] as Action, heap[parent] as Action)) return;
      swap(heap, child, parent);
      child = parent;
    }
  }

  /** The instant of the next action that may not happen yet. */
  get nextMs(): number {
    return this.#later[0]?.atMs ?? Infinity;
  }

  /** One of those that may happen at `nowMs`. */
  take(nowMs: number, random: SeededRandom): Action | null {
    while (this.nextMs <= nowMs) this.#ready.push(this.#pop());
    const { length } = this.#ready;
    if (length === 0) return null;
    const index = length === 1 ? 0 : random.between(0, length - 1);
    const action = this.#ready[index] as Action;
    const last = this.#ready.pop() as Action;
    if (index < length - 1) this.#ready[index] = last;
    return action;
  }

  /** The earliest one that is due, in order of time. */
  takeFirst(nowMs: number): Action | null {
    return this.nextMs <= nowMs ? this.#pop() : null;
  }

  #pop(): Action {
    const heap = this.#later;
    const first = heap[0] as Action;
    const last = heap.pop() as Action;
    if (heap.length === 0) return first;
    heap[0] = last;
    for (let parent = 0; ;) {
      const left = 2 * parent + 1;
      if (left >= heap.length) return first;
      const right = left + 1;
      const child =
        right < heap.length && isBefore(heap[right] as Action, heap[left] as Action) ? right : left;
      if (!isBefore(heap[child] as Action, heap[parent] as Action)) return first;
      swap(heap, child, parent);
      parent = child;
    }
  }
}

const isBefore = (a: Action, b: Action): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.ordinal < b.ordinal);

function swap(heap: Action[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b] as Action, heap[a] as Action];
}
