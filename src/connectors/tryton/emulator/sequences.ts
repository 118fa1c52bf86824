/** Numbers as Tryton's sequences give them: from 1, one row each. */
export class Sequences {
  readonly #last = new Map<string, number>();

  next(name: string): string {
    const number = (this.#last.get(name) ?? 0) + 1;
    this.#last.set(name, number);
    return String(number);
  }
}
