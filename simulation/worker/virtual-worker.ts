import { openSession, reapSessions, renewSession } from '../store/sessions.ts';
import type { World } from '../world.ts';
import { VirtualBudget } from './budget.ts';
import { VirtualCommitQueue } from './commit-queue.ts';
import type { WorkerContext, WorkerParts } from './context.ts';
import type { Gate } from './database-link.ts';
import { LaneClaims } from './lane-claims.ts';
import { LaneKeeper } from './lane-keeper.ts';
import { leaseMs, VirtualSession } from './session.ts';

const heartbeatMs = 1_000;
const pollMs = 300;
const shareMs = 120;
const mindMs = 1_000;

/**
 * The second host of the lane rules: method by method what src/dispatch/worker.ts does, with actions of the world where that
 * one awaits. It can be stopped in the middle of anything, and killed.
 */
export class VirtualWorker implements Gate {
  readonly name: string;
  readonly #world: World;
  readonly #context: WorkerContext;
  readonly #keeper: LaneKeeper;
  readonly #claims: LaneClaims;
  readonly #held: (() => void)[] = [];
  #live: WorkerContext['live'] = null;
  #isOpening = false;
  #isBeating = false;
  isDead = false;
  isPaused = false;

  constructor(name: string, parts: WorkerParts) {
    this.name = name;
    this.#world = parts.link.world;
    const live = (): WorkerContext['live'] => this.#live;
    const budgets = new Map(
      [...parts.platforms].map(([connection, platform]) => [
        connection,
        new VirtualBudget(parts.link, this, platform, parts.concurrency),
      ]),
    );
    this.#context = {
      ...parts,
      gate: this,
      budgets,
      get live() {
        return live();
      },
    };
    this.#claims = new LaneClaims(
      this.#context,
      () => this.#keeper,
      (session) => this.#begin(session),
    );
    this.#keeper = new LaneKeeper(this.#context, () => this.#claims.go());
    this.#open();
    this.#every(heartbeatMs, () => this.#heartbeat());
    this.#every(pollMs, () => {
      // A retry may have become due beside a call that is still under way.
      this.#keeper.advanceAll();
      this.#claims.soon();
    });
    this.#every(mindMs, () => this.#mind());
    this.#every(shareMs, () => {
      const room = parts.maxLanes - this.#keeper.size;
      for (const budget of budgets.values()) budget.share(room, () => this.#claims.soon());
    });
  }

  /** A worker that is stopped does what came meanwhile when it goes on, in whatever order. */
  run(action: () => void): void {
    if (this.isDead) return;
    if (this.isPaused) this.#held.push(action);
    else action();
  }

  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
    for (const action of this.#held.splice(0)) this.#world.after(0, () => this.run(action));
  }
  kill(): void {
    this.isDead = true;
    if (this.#keeper.desk.isCalling) this.#world.met('a worker crashed with a call in flight');
  }

  /** Told that there is work. */
  onWork(entity: string): void {
    this.#keeper.onWork(entity);
    this.#claims.soon();
  }

  /** What this worker believes it may use, by session and connection; null while nobody can say. */
  permits(connection: string): { readonly session: number; readonly permits: number } | null {
    const session = this.#live?.session.id;
    const permits = this.#context.budgets.get(connection)?.permits;
    return session === undefined || permits === undefined || permits === null ? null : { session, permits };
  }

  #every(ms: number, work: () => void): void {
    this.#world.every(ms, () => {
      if (this.isDead) return 'stop';
      if (!this.isPaused) work();
      return undefined;
    });
  }

  #open(): void {
    const { link, budgets } = this.#context;
    const sentAtMs = this.#world.nowMs;
    this.#isOpening = true;
    link.call(
      this,
      'session',
      () => openSession(link.store, leaseMs),
      (id) => {
        this.#isOpening = false;
        const session = new VirtualSession(this.#world, id, sentAtMs);
        this.#live = { session, queue: new VirtualCommitQueue(link, this, session) };
        for (const budget of budgets.values()) budget.begin(id);
        this.#world.note(`${this.name} has session ${id}`);
      },
      () => this.#world.after(200, () => this.run(() => this.#open())),
    );
  }

  /** The session is over: whatever is held belongs to others now. Calls under way go on, their answers are ignored. */
  #begin(session: VirtualSession): void {
    if (session.isAbandoned || this.#isOpening) return;
    this.#world.note(`${this.name} abandons session ${session.id}: its lease ran out`);
    this.#world.met('a lease ran out in a worker that lives');
    this.#keeper.abandon();
    session.isAbandoned = true;
    this.#open();
  }

  #heartbeat(): void {
    const session = this.#live?.session;
    if (session === undefined || session.isAbandoned || this.#isBeating) return;
    if (session.isOver) return this.#begin(session);
    this.#isBeating = true;
    const sentAtMs = this.#world.nowMs;
    const { link } = this.#context;
    link.call(
      this,
      'heartbeat',
      () => renewSession(link.store, session.id, leaseMs),
      (isAlive) => {
        this.#isBeating = false;
        if (!isAlive) return this.#begin(session);
        session.leaseEndMs = sentAtMs + leaseMs;
        this.#reap();
      },
      () => {
        this.#isBeating = false;
      },
    );
  }

  #reap(): void {
    const { link } = this.#context;
    link.call(
      this,
      'reaping',
      () => reapSessions(link.store),
      (reaped) => {
        if (reaped > 0) this.#claims.soon();
      },
      () => undefined,
    );
  }

  #mind(): void {
    const { link, budgets } = this.#context;
    link.call(
      this,
      'breakers',
      () => new Set(link.store.breakers.keys()),
      (open) => {
        for (const budget of budgets.values()) budget.mind(open);
      },
      () => undefined,
    );
  }
}
