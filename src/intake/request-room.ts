/** How many requests and how many bytes of bodies may be in this process at once, before anything is known about them. */
export class RequestRoom {
  readonly #limits: { readonly requests: number; readonly bytes: number };
  #requests = 0;
  #bytes = 0;

  constructor(limits: { readonly requests: number; readonly bytes: number }) {
    this.#limits = limits;
  }

  /** Takes room for one request; the answer gives it back, once. Null when there is none. */
  enter(bytes: number): (() => void) | null {
    const isFull =
      this.#requests >= this.#limits.requests ||
      (this.#requests > 0 && this.#bytes + bytes > this.#limits.bytes);
    if (isFull) return null;
    this.#requests += 1;
    this.#bytes += bytes;
    return () => {
      this.#requests -= 1;
      this.#bytes -= bytes;
    };
  }
}
