import type { World } from '../world.ts';

export const leaseMs = 5_000;

/** One worker's life in the database, judged by the worker's own clock, read before the renewal was sent. */
export class VirtualSession {
  readonly id: number;
  readonly #world: World;
  readonly #clockErrorMs: number;
  leaseEndMs: number;
  /** How far the database's clock was off true time when it was last heard of. */
  clockMs: number;
  isAbandoned = false;

  constructor(world: World, id: number, sentAtMs: number, clockMs: number) {
    this.id = id;
    this.#world = world;
    this.leaseEndMs = sentAtMs + leaseMs;
    this.clockMs = clockMs;
    this.#clockErrorMs = world.random.between(-20, 20);
  }

  get isAlive(): boolean {
    return !this.isAbandoned && this.#world.nowMs < this.leaseEndMs;
  }
  /** Long enough over for the database to agree. */
  get isOver(): boolean {
    return this.isAbandoned || this.#world.nowMs > this.leaseEndMs + leaseMs;
  }
  /** The database's clock as this worker believes it to be. */
  nowMs(): number {
    return this.#world.nowMs + this.clockMs + this.#clockErrorMs;
  }
}
