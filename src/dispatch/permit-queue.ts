type Touch = () => void;

/** Who is to be touched when a permit is free: urgent ones first, else in the order of asking. */
export class PermitQueue {
  readonly #urgent = new Set<Touch>();
  readonly #others = new Set<Touch>();

  get size(): number {
    return this.#urgent.size + this.#others.size;
  }
  get urgentSize(): number {
    return this.#urgent.size;
  }

  has(touch: Touch): boolean {
    return this.#urgent.has(touch) || this.#others.has(touch);
  }

  add(touch: Touch, isUrgent: boolean): void {
    if (isUrgent) this.#others.delete(touch);
    (isUrgent ? this.#urgent : this.#others).add(touch);
  }

  delete(touch: Touch): void {
    this.#urgent.delete(touch);
    this.#others.delete(touch);
  }

  /** Takes the next one out; null when nobody waits. */
  shift(): Touch | null {
    for (const touch of this.#urgent.size > 0 ? this.#urgent : this.#others) {
      this.delete(touch);
      return touch;
    }
    return null;
  }

  clear(): void {
    this.#urgent.clear();
    this.#others.clear();
  }
}
