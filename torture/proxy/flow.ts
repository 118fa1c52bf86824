import type { Socket } from 'node:net';
import type { LinkFaults } from './link-faults.ts';

/** Bytes that wait in us; beyond them the sender is held back, as by a full TCP window. */
const windowBytes = 1 << 20;
const trickleEveryMs = 1_000;

type Waiting = { readonly dueMs: number; bytes: Buffer };

/**
 * Carries one direction from one socket to the other, as the link's faults allow. An end or a reset travels behind the bytes: who
 * sits behind a black hole hears of neither.
 */
export class Flow {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #faults: LinkFaults;
  readonly #direction: 'toServer' | 'toClient';
  readonly #waiting: Waiting[] = [];
  readonly #unwatch: () => void;
  #waitingBytes = 0;
  /** Of the answer under way. */
  #passedBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #ending: 'end' | 'reset' | null = null;
  #trickledMs = 0;

  constructor(from: Socket, to: Socket, faults: LinkFaults, direction: 'toServer' | 'toClient') {
    this.#from = from;
    this.#to = to;
    this.#faults = faults;
    this.#direction = direction;
    this.#unwatch = faults.watch(() => this.#pump());
    from.on('data', (bytes: Buffer) => this.#take(bytes));
    from.on('end', () => this.#endWith('end'));
    from.on('close', () => this.#endWith('reset'));
    to.on('drain', () => this.#pump());
    to.on('close', () => this.#stop());
  }

  /** The next answer begins: a cut counts from here. */
  restartCount(): void {
    this.#passedBytes = 0;
  }

  #endWith(ending: 'end' | 'reset'): void {
    this.#ending ??= ending;
    this.#pump();
  }

  #stop(): void {
    this.#unwatch();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#waiting.length = 0;
    // What nobody takes any more is read off all the same, so that the other side's end is seen.
    if (!this.#from.destroyed) this.#from.resume();
  }

  #take(bytes: Buffer): void {
    if (this.#to.destroyed) return;
    const { latencyMs } = this.#faults.flow(this.#direction);
    this.#waiting.push({ dueMs: performance.now() + latencyMs, bytes });
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > windowBytes) this.#from.pause();
    this.#pump();
  }

  #pump(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (;;) {
      const flow = this.#faults.flow(this.#direction);
      if (flow.isClosed || this.#to.destroyed) return;
      const [head] = this.#waiting;
      if (head === undefined) break;
      if (this.#to.writableNeedDrain) return;
      const nowMs = performance.now();
      const dueMs = flow.trickles ? Math.max(head.dueMs, this.#trickledMs + trickleEveryMs) : head.dueMs;
      if (dueMs > nowMs) {
        this.#timer = setTimeout(() => this.#pump(), Math.ceil(dueMs - nowMs));
        return;
      }
      this.#trickledMs = nowMs;
      this.#pass(head, flow.trickles ? 1 : head.bytes.length);
    }
    if (this.#ending === 'end') this.#to.end();
    if (this.#ending === 'reset') this.#to.resetAndDestroy();
  }

  #pass(head: Waiting, most: number): void {
    const cutAfter = this.#direction === 'toClient' ? this.#faults.resetAfterBytes : null;
    const bytes = head.bytes.subarray(0, most);
    head.bytes = head.bytes.subarray(bytes.length);
    if (head.bytes.length === 0) this.#waiting.shift();
    this.#waitingBytes -= bytes.length;
    if (this.#waitingBytes <= windowBytes && this.#from.isPaused()) this.#from.resume();
    this.#passedBytes += bytes.length;
    if (cutAfter === null || this.#passedBytes <= cutAfter) return void this.#to.write(bytes);
    this.#waiting.length = 0;
    const cut = (): void => {
      this.#to.resetAndDestroy();
      this.#from.destroy();
    };
    const kept = bytes.length - (this.#passedBytes - cutAfter);
    // What was passed has to leave before the reset, which throws away what is still to be sent.
    if (kept > 0) this.#to.write(bytes.subarray(0, kept), () => setTimeout(cut, 5));
    else cut();
  }
}
