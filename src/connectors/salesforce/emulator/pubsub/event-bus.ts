/** An event as the bus keeps it. `replay` grows with every event, in steps that nobody may rely on. */
export type BusEvent = {
  readonly replay: number;
  /** `Account` for a change, `/event/Stock_Low__e` for a platform event. */
  readonly source: string;
  readonly id: string;
  readonly schemaId: string;
  readonly payload: Buffer;
  readonly atMs: number;
};

/** How long an event can be replayed: three days. */
const retentionMs = 72 * 3_600_000;

/** The org's stream of events in the order of their commits. What is older than the retention is gone. */
export class EventBus {
  readonly #now: () => number;
  #events: BusEvent[] = [];
  #last = 4_000;
  #forgotten = 0;
  readonly #listeners = new Set<() => void>();

  constructor(now: () => number) {
    this.#now = now;
  }

  append(event: Omit<BusEvent, 'replay' | 'atMs'>): number {
    this.#last += 1 + ((this.#last * 7) % 5);
    this.#events.push({ ...event, replay: this.#last, atMs: this.#now() });
    for (const listener of this.#listeners) listener();
    return this.#last;
  }

  get tip(): number {
    return this.#last;
  }

  /** Events after a position whose source is wanted, at most so many. */
  after(position: number, wanted: (source: string) => boolean, max: number): readonly BusEvent[] {
    this.#forgetOld();
    const found: BusEvent[] = [];
    for (
      let index = this.#indexAfter(position);
      index < this.#events.length && found.length < max;
      index += 1
    ) {
      const event = this.#events[index];
      if (event !== undefined && wanted(event.source)) found.push(event);
    }
    return found;
  }

  /** Whether a subscription can go on behind this position: it was given out, and nothing behind it is gone. */
  knows(position: number): boolean {
    this.#forgetOld();
    return position >= this.#forgotten && position <= this.#last;
  }

  /** Everything there is ages beyond the retention at once. */
  expireAll(): void {
    this.#forget(this.#events.length);
  }

  /** The newest event never reached the bus: what a defect of the platform looks like to a subscriber. */
  drop(replay: number): void {
    this.#events = this.#events.filter((event) => event.replay !== replay);
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #forgetOld(): void {
    const oldest = this.#now() - retentionMs;
    let gone = 0;
    while (gone < this.#events.length && (this.#events[gone]?.atMs ?? oldest) < oldest) gone += 1;
    this.#forget(gone);
  }

  #forget(count: number): void {
    if (count === 0) return;
    this.#forgotten = this.#events[count - 1]?.replay ?? this.#forgotten;
    this.#events = this.#events.slice(count);
  }

  #indexAfter(position: number): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.replay ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A position as subscribers see it: opaque bytes. */
export function replayBytes(replay: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(replay));
  return bytes;
}

/** The position that the bytes stand for; null when they are none of ours. */
export function replayOf(bytes: Uint8Array): number | null {
  return bytes.byteLength === 8 ? Number(Buffer.from(bytes).readBigUInt64BE()) : null;
}
