type Touch = () => void;

/** Who waits for a permit: urgent ones first, else in the order of asking. */
export class WaitingForPermits {
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
    const [first] = this.#urgent.size > 0 ? this.#urgent : this.#others;
    if (first === undefined) return null;
    this.delete(first);
    return first;
  }
  clear(): void {
    this.#urgent.clear();
    this.#others.clear();
  }
}
