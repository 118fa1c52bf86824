import { openSession, reapSessions, renewSession } from '../store/sessions.ts';
import type { World } from '../world.ts';
import { VirtualBudget } from './budget.ts';
import { VirtualCommitQueue } from './commit-queue.ts';
import type { WorkerContext, WorkerParts } from './context.ts';
import type { Gate } from './database-link.ts';
import { LaneClaims } from './lane-claims.ts';
import { LaneKeeper } from './lane-keeper.ts';
import { processesOf, type Release } from './order-processes.ts';
import { leaseMs, VirtualSession } from './session.ts';

const heartbeatMs = 1_000;
const pollMs = 300;
const shareMs = 120;
const mindMs = 1_000;
const stopWithinMs = 30_000;

/**
 * The second host of the lane rules: method by method what src/dispatch/worker.ts does, with actions of the world where that
 * one awaits. It can be stopped in the middle of anything, and killed.
 */
export class VirtualWorker implements Gate {
  readonly name: string;
  readonly release: Release;
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
  isStopping = false;

  constructor(name: string, parts: WorkerParts, release: Release) {
    this.name = name;
    this.release = release;
    this.#world = parts.link.world;
    const live = (): WorkerContext['live'] => this.#live;
    const budgets = new Map(
      [...parts.platforms].map(([connection, platform]) => [
        connection,
        new VirtualBudget(parts.link, this, platform, parts.concurrency),
      ]),
    );
    const isStopping = (): boolean => this.isStopping;
    this.#context = {
      ...parts,
      gate: this,
      budgets,
      processOf: processesOf(this.#world, release),
      get isStopping() {
        return isStopping();
      },
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

  /** Lets calls under way end, hands the lanes back, ends the session; as the real one, it renews its lease no more meanwhile. */
  stop(ended: () => void): void {
    this.isStopping = true;
    const untilMs = this.#world.nowMs + stopWithinMs;
    if (this.#keeper.desk.isCalling) this.#world.met('a worker stopped and let its calls end');
    this.#world.every(20, () => {
      if (this.isDead) return 'stop';
      if (this.isPaused) return undefined;
      const isQuiet = this.#live?.queue.isIdle !== false && !this.#keeper.hasCallInFlight;
      if (!isQuiet && this.#world.nowMs < untilMs) return undefined;
      this.#leave(ended);
      return 'stop';
    });
  }

  /**
   * Hears at once that the database's clock was set back. The real one hears of it with its next renewal, and till then compares
   * instants of the database with a clock that is ahead: a known weak spot.
   */
  hearClock(): void {
    const session = this.#live?.session;
    if (session !== undefined) session.clockMs = this.#context.link.store.clockMs;
  }

  #leave(ended: () => void): void {
    const session = this.#live?.session;
    this.#keeper.abandon();
    this.isDead = true;
    if (session === undefined) return ended();
    if (!session.isAlive) this.#world.met('a lease ran out while its worker let a call end');
    session.isAbandoned = true;
    const { link } = this.#context;
    const alwaysOpen = { run: (action: () => void): void => action() };
    link.call(alwaysOpen, 'reaping', () => reapSessions(link.store, session.id), ended, ended);
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
      if (this.isDead || this.isStopping) return 'stop';
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
        const session = new VirtualSession(this.#world, id, sentAtMs, link.store.clockMs);
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
    if (!this.isStopping) this.#open();
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
      () => ({ isAlive: renewSession(link.store, session.id, leaseMs), clockMs: link.store.clockMs }),
      ({ isAlive, clockMs }) => {
        this.#isBeating = false;
        if (!isAlive) return this.#begin(session);
        session.leaseEndMs = sentAtMs + leaseMs;
        // Set forward, it ends all sessions: what they believe of it dies with them.
        session.clockMs = link.store.isJustForward ? clockMs : link.store.clockMs;
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
