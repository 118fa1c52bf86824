import { setTimeout as sleep } from 'node:timers/promises';
import { laneId, SessionOverError } from '#journal/lane-store.ts';
import { reapSessions } from '#journal/session-store.ts';
import { breakerPolicy } from './budget.ts';
import { beginCall } from './call.ts';
import { CommitQueue, type Committed } from './commit-queue.ts';
import { ConnectionMinder } from './connection-minder.ts';
import { inTurns } from './in-turns.ts';
import { hostFor } from './lane-host.ts';
import type { LaneHost } from './lane-rules/host.ts';
import type { Lane, LaneCommand } from './lane-rules/lane.ts';
import { hasCallInFlight, standBack, waitsForCallsAlone } from './lane-rules/lane.ts';
import { LaneLoader } from './lane-loader.ts';
import { isUrgent } from './lane-rules/urgency.ts';
import { takeStep, type TakenStep } from './lane-rules/take-step.ts';
import { ReloadQueue } from './reload-queue.ts';
import type { Session } from './session.ts';
import { StrayLanes } from './stray-lanes.ts';
import { repeat } from './repeat.ts';
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
  readonly #maxLanes: number;
  readonly #minder: ConnectionMinder;
  readonly #loader: LaneLoader;
  readonly #lanes = new Map<string, Lane>();
  readonly #touches = new WeakMap<Lane, () => void>();
  readonly #reloads: ReloadQueue;
  readonly #strays: StrayLanes;
  #session: Session;
  #queue: CommitQueue;
  #beginning: Promise<void> | null = null;
  #isClaiming = false;
  readonly #stopping = new AbortController();
  #mayHaveWork = true;
  #loops: Promise<void>[] = [];
  #unsubscribe: () => void = () => undefined;

  private constructor(options: WorkerOptions, session: Session) {
    const { database, master, installation, log } = options;
    this.#options = options;
    this.#maxLanes = options.maxLanes ?? defaults.maxLanes;
    this.#minder = options.minder ?? new ConnectionMinder(database, installation, log);
    this.#loader = new LaneLoader(database, master, installation.tenants, log);
    this.#reloads = new ReloadQueue(
      this.#loader,
      (lane) => this.#advance(lane),
      (error) => this.#failed('events could not be loaded', error),
    );
    this.#strays = new StrayLanes(database, installation.tenants);
    this.#session = session;
    this.#queue = new CommitQueue(database, session, log);
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
    this.#stopping.abort();
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
    this.#reloads.clear();
    this.#strays.forget();
    this.#session.abandon();
  }

  /** Once for each session, though claim and heartbeat may both find it over: of two new ones, one would go on unrenewed. */
  async #begin(over: Session, why: string): Promise<void> {
    if (over !== this.#session) return;
    this.#beginning ??= this.#beginAnew(why).finally(() => (this.#beginning = null));
    await this.#beginning;
  }

  /** The session is over: whatever is held belongs to others now. Calls under way are cut, their answers ignored. */
  async #beginAnew(why: string): Promise<void> {
    const { database, log } = this.#options;
    log.warn({ session: this.#session.id, lanes: this.#lanes.size, why }, 'session over, lanes abandoned');
    this.#leave();
    if (this.#stopping.signal.aborted) return;
    this.#session = await openWorkerSession(this.#options);
    this.#queue = new CommitQueue(database, this.#session, log);
    this.#minder.begin(this.#session.id);
  }

  #every(ms: number, work: () => Promise<void>): Promise<void> {
    return repeat(ms, work, this.#stopping.signal, (error) =>
      this.#failed('the worker could not reach the database', error),
    );
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
    for (const lane of this.#lanes.values()) if (!waitsForCallsAlone(lane)) this.#advance(lane);
    this.#mayHaveWork = true;
    await this.#claim();
  }

  #onWork(lanes: readonly (readonly [tenant: string, entity: string])[]): void {
    for (const [tenant, entity] of lanes) {
      const lane = this.#lanes.get(laneId({ tenant, entity }));
      if (lane !== undefined) this.#reloads.add(lane);
    }
    this.#claimSoon();
  }

  #claimSoon(): void {
    this.#mayHaveWork = true;
    this.#claim().catch((error: unknown) => this.#failed('a claim failed', error));
  }

  get #room(): number {
    return this.#maxLanes - this.#lanes.size;
  }

  async #claim(): Promise<void> {
    const session = this.#session;
    if (this.#isClaiming || this.#stopping.signal.aborted || !session.isAlive) return;
    this.#isClaiming = true;
    try {
      const strays = await this.#strays.giveBack(session.id, this.#lanes.values());
      if (strays > 0) this.#options.log.warn({ lanes: strays }, 'lanes that nobody held were given back');
      while (this.#mayHaveWork && this.#room > 0 && session.isAlive && !this.#stopping.signal.aborted) {
        this.#mayHaveWork = false;
        const { lanes, mayBeMore } = await this.#loader.claim(session.id, this.#room);
        if (session !== this.#session || session.abandoned.aborted) return;
        this.#mayHaveWork ||= mayBeMore;
        for (const lane of lanes) {
          const former = this.#lanes.get(laneId(lane));
          if (former !== undefined) this.#drop(former); // we had not heard yet that it was given back
          this.#lanes.set(laneId(lane), lane);
        }
        await inTurns(lanes, (lane) => this.#advance(lane)); // the heartbeat must not wait for a hundred lanes
      }
    } catch (error) {
      this.#strays.suspect();
      if (!(error instanceof SessionOverError)) throw error;
      await this.#begin(session, error.message);
    } finally {
      this.#isClaiming = false;
    }
  }

  /** Lets a lane decide what it can, and commits that. The one door through which a lane moves. */
  #advance(lane: Lane): void {
    if (lane.phase !== 'idle') return;
    const granted: LaneCommand[] = [];
    let taken: TakenStep | null;
    try {
      taken = takeStep(lane, this.#hostOf(lane, granted));
    } catch (error) {
      // A defect, of a process most likely. It is this lane's matter: the others go on.
      return this.#failedIn(lane, granted, error instanceof Error ? error : new Error(String(error)));
    }
    if (taken === null) {
      if (lane.stale) this.#reloads.add(lane);
      return;
    }
    lane.phase = 'committing';
    const [{ step, calls }, session] = [taken, this.#session];
    void this.#queue.commit(step).then((fate) => {
      if (lane.phase === 'gone') return session === this.#session ? this.#giveAll(lane, calls) : undefined;
      if (fate.kind === 'committed') return this.#committed(lane, calls, step.release !== null, fate.answer);
      if (fate.kind === 'refused') return this.#failedIn(lane, calls, fate.error);
      this.#giveAll(lane, calls);
      this.#drop(lane);
    });
  }

  #hostOf(lane: Lane, granted: LaneCommand[]): LaneHost {
    const host = hostFor(this.#options, lane.tenant, {
      nowMs: () => this.#session.nowMs(),
      mayCall: (command) => {
        if (this.#stopping.signal.aborted) return 'wait'; // what is under way ends, nothing else begins
        const budget = this.#minder.of(lane.tenant, command.connection);
        const permission = budget?.take(this.#touchOf(lane), isUrgent(lane, host)) ?? 'park';
        if (permission === 'go') granted.push(command);
        return permission;
      },
    });
    return host;
  }

  /** What we hold of it in memory is not to be trusted any more. It is tried again from the journal, after a rest. */
  #failedIn(lane: Lane, granted: readonly LaneCommand[], error: Error): void {
    this.#options.log.error({ entity: lane.entity, error: error.message }, 'a lane failed and is set aside');
    this.#strays.rest(lane);
    this.#giveAll(lane, granted);
    this.#drop(lane);
    this.#options.onRefused?.(lane, error);
  }

  #giveAll(lane: Lane, commands: readonly LaneCommand[]): void {
    for (const command of commands) this.#minder.of(lane.tenant, command.connection)?.give();
  }

  #touchOf(lane: Lane): () => void {
    const touch = this.#touches.get(lane) ?? ((): void => this.#advance(lane));
    this.#touches.set(lane, touch);
    return touch;
  }

  #drop(lane: Lane): void {
    lane.phase = 'gone';
    if (this.#lanes.get(laneId(lane)) === lane) this.#lanes.delete(laneId(lane));
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
      if (answer.held.includes(command.number)) {
        standBack(command, this.#session.nowMs() + 200);
        this.#giveAll(lane, [command]);
      } else this.#call(lane, command, answer.sentAtMs);
    }
    if (answer.hasMore) this.#reloads.add(lane);
    else this.#advance(lane);
  }

  #call(lane: Lane, command: LaneCommand, sentAtMs: number): void {
    const connection = this.#options.installation.connection(lane.tenant, command.connection);
    const budget = this.#minder.of(lane.tenant, command.connection);
    if (connection === null || budget === null)
      throw new Error(`connection ${command.connection} of ${lane.tenant} is not configured`);
    const session = this.#session;
    const { isInTime, answered } = beginCall(connection, lane, command, sentAtMs, session, this.#options.log);
    void answered.then((answer) => {
      // Its permits went with the session, and that it was cut says nothing of the platform.
      if (session !== this.#session || session.abandoned.aborted) return;
      if (isInTime) budget.record(answer.outcome);
      // The answer is on record in the lane before its permit is free: else the freed permit could start it again.
      if (lane.phase !== 'gone') lane.answers.push(answer);
      budget.give();
      this.#advance(lane);
    });
  }
}
