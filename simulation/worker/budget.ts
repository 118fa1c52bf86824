import type { Outcome } from '#connector-sdk/outcome.ts';
import { balanceLimit, openBreaker, pullWaiting, takeProbe } from '../store/upkeep.ts';
import type { VirtualPlatform } from '../platforms/platform.ts';
import type { DatabaseLink, Gate } from './database-link.ts';
import { WaitingForPermits } from './waiting-for-permits.ts';

const failuresToOpen = 5;
const probeEveryMs = 1_000;
const waitersPerPermit = 2;
const idleMs = 1_000;

/** This worker's share of one account's permits, with the breaker in front of it. */
export class VirtualBudget {
  readonly #link: DatabaseLink;
  readonly #gate: Gate;
  readonly #platform: VirtualPlatform;
  readonly #concurrency: number;
  #session: number | null = null;
  #permits = 0;
  #inUse = 0;
  #pausedUntilMs = 0;
  #failures = 0;
  #isOpen = false;
  #isBalancing = false;
  #lastUseMs = 0;
  #mayHaveParked = true;
  /** The last answer was lost: the database may have given us permits of which we do not know. */
  #isUnsure = false;
  readonly #waiting = new WaitingForPermits();

  constructor(link: DatabaseLink, gate: Gate, platform: VirtualPlatform, concurrency: number) {
    this.#link = link;
    this.#gate = gate;
    this.#platform = platform;
    this.#concurrency = concurrency;
  }

  /** Null while the database is being asked. */
  get permits(): number | null {
    return this.#isBalancing ? null : this.#permits;
  }

  begin(session: number): void {
    this.#session = session;
    this.#permits = 0;
    this.#inUse = 0;
    this.#waiting.clear();
  }

  get #nowMs(): number {
    return this.#link.world.nowMs;
  }

  take(touch: () => void, isUrgent: boolean): 'go' | 'wait' | 'park' {
    if (this.#isOpen || this.#pausedUntilMs > this.#nowMs + 500) return this.#park();
    this.#lastUseMs = this.#nowMs;
    if (this.#inUse < this.#permits && this.#pausedUntilMs <= this.#nowMs) {
      this.#inUse += 1;
      return 'go';
    }
    const waiting = isUrgent ? this.#waiting.urgentSize : this.#waiting.size;
    if (waiting >= waitersPerPermit * this.#concurrency && !this.#waiting.has(touch)) return this.#park();
    this.#link.world.met('a command waited for a permit');
    this.#waiting.add(touch, isUrgent);
    if (!this.#isBalancing && this.#permits < this.#concurrency) this.balance();
    return 'wait';
  }

  #park(): 'park' {
    this.#mayHaveParked = true;
    return 'park';
  }

  give(): void {
    this.#inUse -= 1;
    this.#wake();
  }

  forget(touch: () => void): void {
    this.#waiting.delete(touch);
  }

  #wake(): void {
    const { urgentSize, size } = this.#waiting;
    const free = this.#permits - this.#inUse;
    if (free > 0 && urgentSize > 0 && size > urgentSize)
      this.#link.world.met('an urgent command went before others');
    for (let left = free; left > 0; left -= 1) this.#waiting.shift()?.();
  }

  balance(): void {
    const session = this.#session;
    if (session === null || this.#isBalancing) return;
    const isIdle = this.#inUse === 0 && this.#waiting.size === 0 && this.#nowMs - this.#lastUseMs > idleMs;
    if (isIdle && this.#permits === 0 && !this.#isUnsure) return;
    const wanted = isIdle
      ? 0
      : Math.min(
          this.#concurrency,
          Math.max(this.#inUse + this.#waiting.size, Math.min(this.#permits, this.#inUse + 2), 1),
        );
    this.#isBalancing = true;
    this.#permits = Math.min(this.#permits, this.#inUse);
    const ask = { concurrency: this.#concurrency, wanted, inUse: this.#inUse };
    const { connection } = this.#platform;
    this.#link.call(
      this.#gate,
      'balance',
      () => balanceLimit(this.#link.store, connection, session, ask),
      (granted) => {
        this.#isBalancing = false;
        if (session !== this.#session) return;
        this.#isUnsure = false;
        this.#permits = granted;
        this.#wake();
      },
      () => {
        this.#isBalancing = false;
        this.#isUnsure = !this.#link.world.is('permits-forgotten');
        this.#wake();
      },
    );
  }

  record(outcome: Outcome): void {
    switch (outcome.kind) {
      case 'unavailable':
      case 'outcome-unknown':
        this.#failures += 1;
        if (this.#failures >= failuresToOpen) this.#open();
        return;
      case 'unauthorized':
        return this.#open();
      case 'rate-limited':
        this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.#nowMs + (outcome.retryAfterMs ?? 1_000));
        return;
      case 'done':
      case 'accepted':
      case 'conflict':
      case 'rejected':
        this.#failures = 0;
        return;
      case 'unmappable':
        return;
    }
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const { connection, world } = this.#platform;
    world.note(`breaker of ${connection} opens`);
    world.met('breaker opened');
    for (let left = this.#waiting.size; left > 0; left -= 1) this.#waiting.shift()?.();
    const nothing = (): void => undefined;
    this.#link.call(
      this.#gate,
      'breaker',
      () => openBreaker(this.#link.store, connection, probeEveryMs),
      nothing,
      nothing,
    );
  }

  #close(): void {
    this.#isOpen = false;
    this.#failures = 0;
    this.#wake();
  }

  /** Learns whether others opened or closed the breaker; probes when it is this worker's turn. */
  mind(openBreakers: ReadonlySet<string>): void {
    const { connection, world } = this.#platform;
    const isOpen = openBreakers.has(connection);
    if (isOpen && !this.#isOpen) this.#isOpen = true;
    if (!isOpen && this.#isOpen) this.#close();
    this.#mayHaveParked = true;
    this.balance();
    if (!this.#isOpen) return;
    const { store } = this.#link;
    const nothing = (): void => undefined;
    this.#link.call(
      this.#gate,
      'probe',
      () => takeProbe(store, connection, probeEveryMs),
      (isMine) => {
        if (!isMine || this.#platform.isDown || this.#platform.isLockedOut) return;
        this.#link.call(
          this.#gate,
          'breaker',
          () => store.breakers.delete(connection),
          () => {
            world.note(`breaker of ${connection} closes`);
            this.#close();
          },
          nothing,
        );
      },
      nothing,
    );
  }

  /** Shares a budget that somebody waits for; lets parked lanes go on. Calls back when some became due. */
  share(room: number, due: () => void): void {
    if (this.#waiting.size > 0) this.balance();
    const isHungry =
      this.#mayHaveParked &&
      !this.#isOpen &&
      this.#pausedUntilMs <= this.#nowMs &&
      this.#waiting.size < this.#concurrency;
    if (!isHungry || room <= 0) return;
    const limit = Math.min(room, 2 * this.#concurrency);
    const topic = `connection:${this.#platform.connection}`;
    this.#link.call(
      this.#gate,
      'pull',
      () => pullWaiting(this.#link.store, topic, limit),
      (pulled) => {
        this.#mayHaveParked = pulled === limit;
        if (pulled > 0) due();
      },
      () => undefined,
    );
  }
}
