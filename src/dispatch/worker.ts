import { setTimeout as sleep } from 'node:timers/promises';
import { laneId, SessionOverError } from '#journal/lane-store.ts';
import { reapSessions } from '#journal/session-store.ts';
import { breakerPolicy } from './budget.ts';
import { carryOut, timeoutOf } from './call.ts';
import { CommitQueue, type Committed } from './commit-queue.ts';
import { ConnectionMinder } from './connection-minder.ts';
import { hostFor } from './lane-host.ts';
import { hasCallInFlight, type Lane, type LaneCommand } from './lane-rules/lane.ts';
import { LaneLoader } from './lane-loader.ts';
import { takeStep } from './lane-rules/take-step.ts';
import type { Session } from './session.ts';
import { defaults, openWorkerSession, type WorkerOptions } from './worker-options.ts';

const heartbeatMs = 1_000;
const pollMs = 250;
const budgetMs = 50;
const stopWithinMs = 30_000;

/**
 * Works on lanes: claims those that are due, decides, commits, calls. Holds each lane from claim to release; every commit is
 * fenced, so that a worker that was taken for dead can change nothing any more.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #minder: ConnectionMinder;
  readonly #loader: LaneLoader;
  readonly #lanes = new Map<string, Lane>();
  readonly #touches = new WeakMap<Lane, () => void>();
  readonly #toLoad = new Set<Lane>();
  #session: Session;
  #queue: CommitQueue;
  #beginning: Promise<void> | null = null;
  #isClaiming = false;
  #isStopping = false;
  #mayHaveWork = true;
  #loops: Promise<void>[] = [];
  #unsubscribe: () => void = () => undefined;

  private constructor(options: WorkerOptions, session: Session) {
    this.#options = options;
    this.#minder =
      options.minder ?? new ConnectionMinder(options.database, options.installation, options.log);
    this.#loader = new LaneLoader(
      options.database,
      options.master,
      options.installation.tenants,
      options.log,
    );
    this.#session = session;
    this.#queue = new CommitQueue(options.database, session, options.log);
    this.#minder.begin(session.id);
  }

  static async start(options: WorkerOptions): Promise<Worker> {
    const worker = new Worker(options, await openWorkerSession(options));
    worker.#unsubscribe = options.signal?.subscribe((lanes) => worker.#onWork(lanes)) ?? worker.#unsubscribe;
    worker.#loops = [
      worker.#every(heartbeatMs, () => worker.#heartbeat()),
      worker.#every(pollMs, () => worker.#poll()),
      worker.#every(breakerPolicy.probeEveryMs, () => worker.#minder.mind()),
      worker.#every(budgetMs, async () => {
        if (await worker.#minder.share(worker.#room)) worker.#claimSoon();
      }),
    ];
    return worker;
  }

  get session(): number {
    return this.#session.id;
  }
  get lanesHeld(): number {
    return this.#lanes.size;
  }

  /** Lets calls under way end, hands the lanes back, ends the session. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#unsubscribe();
    const until = Date.now() + stopWithinMs;
    while (!this.#isQuiet && Date.now() < until) await sleep(20);
    await Promise.all(this.#loops);
    this.#leave();
    await reapSessions(this.#options.database, this.#options.installation.tenants, this.#session.id);
  }

  get #isQuiet(): boolean {
    return this.#queue.isIdle && ![...this.#lanes.values()].some(hasCallInFlight);
  }

  #leave(): void {
    for (const lane of this.#lanes.values()) lane.phase = 'gone';
    this.#lanes.clear();
    this.#toLoad.clear();
    this.#session.abandon();
  }

  /**
   * The session is over: whatever is held belongs to others now. Calls under way are cut, their answers ignored. A claim and the
   * heartbeat may find out at the same time; of two new sessions one would go on unrenewed, with the lanes claimed for it.
   */
  async #begin(over: Session, why: string): Promise<void> {
    if (over !== this.#session) return;
    this.#beginning ??= this.#beginAnew(why).finally(() => {
      this.#beginning = null;
    });
    await this.#beginning;
  }

  async #beginAnew(why: string): Promise<void> {
    const { database, log } = this.#options;
    log.warn({ session: this.#session.id, lanes: this.#lanes.size, why }, 'session over, lanes abandoned');
    this.#leave();
    if (this.#isStopping) return;
    this.#session = await openWorkerSession(this.#options);
    this.#queue = new CommitQueue(database, this.#session, log);
    this.#minder.begin(this.#session.id);
  }

  async #every(ms: number, work: () => Promise<void>): Promise<void> {
    for (; !this.#isStopping; await sleep(ms)) {
      try {
        await work();
      } catch (error) {
        this.#failed('the worker could not reach the database', error);
      }
    }
  }

  #failed(what: string, error: unknown): void {
    this.#options.log.warn({ error: error instanceof Error ? error.message : String(error) }, what);
  }

  async #heartbeat(): Promise<void> {
    const { database, installation, log } = this.#options;
    const session = this.#session;
    if (session.isOver || !(await session.renew())) return this.#begin(session, 'the lease ran out');
    const reaped = await reapSessions(database, installation.tenants, null);
    for (const dead of reaped) log.warn(dead, 'took over from a worker that is gone');
    if (reaped.length > 0) this.#claimSoon();
  }

  async #poll(): Promise<void> {
    // A retry may have become due beside a call that is still under way.
    for (const lane of this.#lanes.values()) this.#advance(lane);
    this.#mayHaveWork = true;
    await this.#claim();
  }

  #onWork(lanes: readonly (readonly [tenant: string, entity: string])[]): void {
    for (const [tenant, entity] of lanes) {
      const lane = this.#lanes.get(laneId({ tenant, entity }));
      if (lane !== undefined) this.#reload(lane);
    }
    this.#claimSoon();
  }

  #claimSoon(): void {
    this.#mayHaveWork = true;
    this.#claim().catch((error: unknown) => this.#failed('a claim failed', error));
  }

  get #maxLanes(): number {
    return this.#options.maxLanes ?? defaults.maxLanes;
  }
  get #room(): number {
    return this.#maxLanes - this.#lanes.size;
  }

  async #claim(): Promise<void> {
    const session = this.#session;
    if (this.#isClaiming || this.#isStopping || !session.isAlive) return;
    this.#isClaiming = true;
    try {
      while (this.#mayHaveWork && this.#room > 0) {
        this.#mayHaveWork = false;
        const room = this.#room;
        const lanes = await this.#loader.claim(session.id, room);
        if (session !== this.#session) return;
        this.#mayHaveWork ||= lanes.length >= room;
        for (const lane of lanes) {
          this.#lanes.set(laneId(lane), lane);
          this.#advance(lane);
        }
      }
    } catch (error) {
      if (!(error instanceof SessionOverError)) throw error;
      await this.#begin(session, error.message);
    } finally {
      this.#isClaiming = false;
    }
  }

  /** Events came for a lane that we hold. */
  #reload(lane: Lane): void {
    lane.stale = true;
    if (lane.phase !== 'idle') return;
    lane.phase = 'loading';
    this.#toLoad.add(lane);
    if (this.#toLoad.size === 1) setImmediate(() => void this.#load());
  }

  async #load(): Promise<void> {
    const lanes = [...this.#toLoad];
    this.#toLoad.clear();
    if (lanes.length === 0) return;
    await this.#loader.reload(lanes).catch(async (error: unknown) => {
      this.#failed('events could not be loaded', error);
      await sleep(100);
    });
    for (const lane of lanes) {
      if (lane.phase !== 'loading') continue;
      lane.phase = 'idle';
      this.#advance(lane);
    }
  }

  /** Lets a lane decide what it can, and commits that. The one door through which a lane moves. */
  #advance(lane: Lane): void {
    if (lane.phase !== 'idle') return;
    const host = hostFor(this.#options, lane.tenant, {
      nowMs: () => this.#session.nowMs(),
      mayCall: (command) =>
        this.#minder.of(lane.tenant, command.connection)?.take(this.#touchOf(lane)) ?? 'park',
    });
    const taken = takeStep(lane, host);
    if (taken === null) {
      if (lane.stale) this.#reload(lane);
      return;
    }
    lane.phase = 'committing';
    void this.#queue.commit(taken.step).then((fate) => {
      if (lane.phase === 'gone') return;
      if (fate.kind === 'committed')
        return this.#committed(lane, taken.calls, taken.step.release !== null, fate.answer);
      for (const command of taken.calls) this.#minder.of(lane.tenant, command.connection)?.give();
      this.#drop(lane);
      if (fate.kind === 'refused') this.#options.onRefused?.(lane, fate.error);
    });
  }

  #touchOf(lane: Lane): () => void {
    const known = this.#touches.get(lane);
    if (known !== undefined) return known;
    const touch = (): void => this.#advance(lane);
    this.#touches.set(lane, touch);
    return touch;
  }

  #drop(lane: Lane): void {
    lane.phase = 'gone';
    this.#lanes.delete(laneId(lane));
    const touch = this.#touches.get(lane);
    if (touch !== undefined) this.#minder.forget(touch);
    // Room that is free is filled in one go; the poll fills it at the latest.
    if (this.#mayHaveWork && 4 * this.#room >= this.#maxLanes) this.#claimSoon();
  }

  #committed(lane: Lane, calls: readonly LaneCommand[], isReleased: boolean, answer: Committed): void {
    if (isReleased) return this.#drop(lane);
    lane.phase = 'idle';
    lane.steps += 1;
    lane.consumed.clear();
    for (const command of calls) {
      if (answer.held.includes(command.number)) this.#standBack(lane, command);
      else this.#call(lane, command, answer.sentAtMs);
    }
    if (answer.hasMore) this.#reload(lane);
    else this.#advance(lane);
  }

  /** Another order holds the record that this command would touch. */
  #standBack(lane: Lane, command: LaneCommand): void {
    const notBeforeMs = this.#session.nowMs() + 200;
    Object.assign(command, {
      inFlight: false,
      state: 'pending',
      attempt: command.attempt - 1,
      attemptDeadlineMs: null,
      notBeforeMs,
    });
    this.#minder.of(lane.tenant, command.connection)?.give();
  }

  #call(lane: Lane, command: LaneCommand, sentAtMs: number): void {
    const connection = this.#options.installation.connection(lane.tenant, command.connection);
    const budget = this.#minder.of(lane.tenant, command.connection);
    if (connection === null || budget === null)
      throw new Error(`connection ${command.connection} of ${lane.tenant} is not configured`);
    const session = this.#session;
    // First byte only while the lease holds and within the attempt's time, by a clock read before the commit was sent.
    const leftMs = session.isAlive ? sentAtMs + timeoutOf(connection, command) - performance.now() : 0;
    const idempotencyKey = `${lane.tenant}/${lane.entity}/${command.number}`;
    const order = {
      connection,
      command,
      idempotencyKey,
      deadlineMs: Date.now() + leftMs,
      abandoned: session.abandoned,
      log: this.#options.log,
    };
    void carryOut(order).then((answer) => {
      if (session !== this.#session) return; // its permits went with the session
      budget.record(answer.outcome);
      // The answer is on record in the lane before its permit is free: else the freed permit could start it again.
      if (lane.phase !== 'gone') lane.answers.push(answer);
      budget.give();
      this.#advance(lane);
    });
  }
}
