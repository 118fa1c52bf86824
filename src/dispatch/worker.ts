import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandHandler } from '#connector-sdk/connector.ts';
import type { Logger } from '#connector-sdk/services.ts';
import { openBreakers, pullWaiting, takeProbe } from '#journal/connection-store.ts';
import type { Database } from '#journal/database.ts';
import { claimLanes, laneId, loadCommands, loadInbox, SessionOverError } from '#journal/lane-store.ts';
import type { MasterKey } from '#journal/sealed-box.ts';
import { openSession, reapSessions, renewSession } from '#journal/session-store.ts';
import type { WorkSignal } from '#journal/work-signal.ts';
import { breakerPolicy, Budget } from './budget.ts';
import { carryOut } from './call.ts';
import { CommitQueue, type Committed } from './commit-queue.ts';
import { hostFor, type HostParts } from './lane-host.ts';
import { addEvents, type Answer, type Lane, type LaneCommand, laneFrom } from './lane-rules/lane.ts';
import { takeStep } from './lane-rules/take-step.ts';
import type { Installation, OpenConnection } from './open-connection.ts';

export type WorkerOptions = HostParts & {
  readonly database: Database;
  readonly master: MasterKey;
  readonly installation: Installation;
  readonly log: Logger;
  readonly node?: string;
  /** Lanes held in memory at most. */
  readonly maxLanes?: number;
  readonly leaseMs?: number;
  /** Tells that there is work; the worker also looks by itself. */
  readonly signal?: WorkSignal;
  /** Budgets shared with a scheduler in the same process. */
  readonly budgets?: ReadonlyMap<string, Budget>;
};

export const defaultLeaseMs = 5_000;
const heartbeatMs = 1_000;
const pollMs = 250;
const eventsPerLoad = 50;
/** How many of the free places each class may take: lowering of stock first, then money and orders, then stock, then catalogue. */
const classShares = [1, 0.95, 0.6, 0.4] as const;

export const budgetKey = (connection: { readonly tenant: string; readonly id: string }): string => `${connection.tenant} ${connection.id}`;

export function openBudgets(database: Database, installation: Installation, log: Logger): Map<string, Budget> {
  return new Map(installation.connections.map((connection) => [budgetKey(connection), new Budget(database, connection, log)]));
}

/**
 * Works on lanes: claims those that are due, decides, commits, calls. Holds each lane from claim to release; every commit is
 * fenced, so that a worker that was taken for dead can change nothing any more.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #budgets: ReadonlyMap<string, Budget>;
  readonly #touches = new WeakMap<Lane, () => void>();
  readonly #lanes = new Map<string, Lane>();
  readonly #stale = new Set<Lane>();
  #queue: CommitQueue;
  #session = 0;
  #leaseEndMs = 0;
  #clockOffsetMs = 0;
  #abandoned = new AbortController();
  #isClaiming = false;
  #isStopping = false;
  #mayHaveWork = true;
  #loops: Promise<void>[] = [];
  #unsubscribe: () => void = () => undefined;

  private constructor(options: WorkerOptions) {
    this.#options = options;
    this.#budgets = options.budgets ?? openBudgets(options.database, options.installation, options.log);
    this.#queue = new CommitQueue(options.database, 0, options.log, () => true);
  }

  static async start(options: WorkerOptions): Promise<Worker> {
    const worker = new Worker(options);
    await worker.#begin();
    worker.#unsubscribe = options.signal?.subscribe((lanes) => worker.#onWork(lanes)) ?? worker.#unsubscribe;
    worker.#loops = [worker.#every(heartbeatMs, () => worker.#heartbeat()), worker.#every(pollMs, () => worker.#poll()), worker.#every(breakerPolicy.probeEveryMs, () => worker.#mindConnections())];
    return worker;
  }

  get session(): number {
    return this.#session;
  }
  get lanesHeld(): number {
    return this.#lanes.size;
  }

  /** Lets calls under way end, hands the lanes back, ends the session. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#unsubscribe();
    const until = Date.now() + 30_000;
    while ((!this.#queue.isIdle || [...this.#lanes.values()].some((lane) => [...lane.commands.values()].some((command) => command.inFlight))) && Date.now() < until) await sleep(20);
    await Promise.all(this.#loops);
    this.#abandoned.abort();
    await reapSessions(this.#options.database, this.#options.installation.tenants, this.#session);
    this.#lanes.clear();
  }

  async #begin(): Promise<void> {
    const { database, node, leaseMs = defaultLeaseMs, log } = this.#options;
    const sentAtMs = performance.now();
    const session = await openSession(database, node ?? `${hostname()}:${process.pid}`, leaseMs);
    this.#session = session;
    this.#leaseEndMs = sentAtMs + leaseMs;
    this.#abandoned = new AbortController();
    this.#queue = new CommitQueue(database, session, log, () => this.#session !== session || performance.now() > this.#leaseEndMs + leaseMs);
    for (const budget of this.#budgets.values()) budget.begin(session);
    await this.#heartbeat();
  }

  /** The session is over: whatever is held belongs to others now. Calls under way are cut, their answers ignored. */
  async #abandon(why: string): Promise<void> {
    this.#options.log.warn({ session: this.#session, lanes: this.#lanes.size, why }, 'session over, lanes abandoned');
    for (const lane of this.#lanes.values()) lane.phase = 'gone';
    this.#lanes.clear();
    this.#stale.clear();
    this.#abandoned.abort(new Error('the session is over'));
    if (!this.#isStopping) await this.#begin();
  }

  async #every(ms: number, work: () => Promise<void>): Promise<void> {
    while (!this.#isStopping) {
      try {
        await work();
      } catch (error) {
        if (error instanceof SessionOverError) await this.#abandon(error.message).catch(() => undefined);
        else this.#options.log.warn({ error: String(error) }, 'the worker could not reach the database');
      }
      await sleep(ms);
    }
  }

  async #heartbeat(): Promise<void> {
    const { database, leaseMs = defaultLeaseMs, installation } = this.#options;
    const sentAtMs = performance.now();
    const sentAt = Date.now();
    const session = this.#session;
    const { isAlive, nowMs } = await renewSession(database, session, leaseMs);
    if (session !== this.#session) return;
    if (!isAlive) return this.#abandon('the lease ran out');
    this.#leaseEndMs = sentAtMs + leaseMs;
    this.#clockOffsetMs = nowMs - (sentAt + Date.now()) / 2;
    const reaped = await reapSessions(database, installation.tenants, null);
    for (const dead of reaped) this.#options.log.warn(dead, 'took over from a worker that is gone');
    if (reaped.length > 0) this.#mayHaveWork = true;
  }

  async #mindConnections(): Promise<void> {
    const { database, installation, log } = this.#options;
    const open = new Set((await openBreakers(database, installation.tenants)).map((state) => budgetKey({ tenant: state.tenant, id: state.connection })));
    for (const [key, budget] of this.#budgets) {
      const { connection } = budget;
      budget.seeState(open.has(key));
      await budget.balance();
      if (budget.isOpen && (await takeProbe(database, connection.tenant, connection.id, breakerPolicy.probeEveryMs))) {
        const signal = AbortSignal.timeout(5_000);
        const outcome = await connection.connector.probe({ idempotencyKey: 'probe', attempt: 1, deadlineMs: Date.now() + 5_000, signal }, connection.client);
        await budget.probed(outcome);
      }
      if (!budget.isOpen) await this.#pull(budget);
    }
    log.info({ lanes: this.#lanes.size }, 'worker');
  }

  /** Lets lanes that were parked for this connection go on, as many as it can take. */
  async #pull(budget: Budget): Promise<void> {
    const { connection } = budget;
    for (let pulled = 1; pulled > 0 && budget.canTakeMore && this.#room > 0; ) {
      pulled = await pullWaiting(this.#options.database, connection.tenant, connection.id, Math.min(this.#room, 2 * connection.connector.limits(connection.config).concurrency));
      if (pulled > 0) await this.#claim();
    }
  }

  get #maxLanes(): number {
    return this.#options.maxLanes ?? 160;
  }
  get #room(): number {
    return this.#maxLanes - this.#lanes.size;
  }

  async #poll(): Promise<void> {
    this.#mayHaveWork = true;
    // A retry may have become due beside a call that is still under way.
    for (const lane of this.#lanes.values()) this.#advance(lane);
    await this.#claim();
  }

  #onWork(lanes: readonly (readonly [tenant: string, entity: string])[]): void {
    this.#mayHaveWork = true;
    for (const [tenant, entity] of lanes) {
      const lane = this.#lanes.get(laneId({ tenant, entity }));
      if (lane !== undefined) this.#reload(lane);
    }
    this.#claimSoon();
  }

  #claimSoon(): void {
    this.#claim().catch((error: unknown) => this.#options.log.warn({ error: String(error) }, 'a claim failed'));
  }

  async #claim(): Promise<void> {
    if (this.#isClaiming || this.#isStopping || !this.#mayHaveWork || performance.now() > this.#leaseEndMs) return;
    this.#isClaiming = true;
    const { database, master, installation } = this.#options;
    const session = this.#session;
    try {
      for (this.#mayHaveWork = false; this.#room > 0; ) {
        const room = this.#room;
        const claimed = await claimLanes(database, installation.tenants, session, classShares.map((share) => Math.ceil(room * share)));
        if (claimed.length === 0) break;
        const [inbox, commands] = await Promise.all([loadInbox(database, master, claimed, eventsPerLoad), loadCommands(database, claimed)]);
        if (session !== this.#session) return;
        const [events, stored] = [Map.groupBy(inbox, laneId), Map.groupBy(commands, laneId)];
        for (const each of claimed) {
          const id = laneId(each);
          const lane = laneFrom(each, events.get(id) ?? [], stored.get(id) ?? []);
          this.#lanes.set(id, lane);
          this.#advance(lane);
        }
        this.#mayHaveWork = this.#room <= 0;
        if (claimed.length < room) break;
      }
    } finally {
      this.#isClaiming = false;
    }
  }

  /** Events came for a lane that we hold. */
  #reload(lane: Lane): void {
    lane.stale = true;
    if (lane.phase !== 'idle') return;
    lane.phase = 'loading';
    const isFirst = this.#stale.size === 0;
    this.#stale.add(lane);
    if (isFirst) setImmediate(() => void this.#loadStale());
  }

  async #loadStale(): Promise<void> {
    const lanes = [...this.#stale];
    this.#stale.clear();
    for (const lane of lanes) lane.stale = false;
    try {
      const events = Map.groupBy(await loadInbox(this.#options.database, this.#options.master, lanes, eventsPerLoad), laneId);
      for (const lane of lanes) {
        if (lane.phase !== 'loading') continue;
        const loaded = events.get(laneId(lane)) ?? [];
        addEvents(lane, loaded);
        if (loaded.length >= eventsPerLoad) lane.stale = true;
      }
    } catch (error) {
      this.#options.log.warn({ error: String(error) }, 'events could not be loaded');
      for (const lane of lanes) lane.stale = true;
      await sleep(100);
    }
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
      nowMs: () => Date.now() + this.#clockOffsetMs,
      mayCall: (command) => this.#budgets.get(budgetKey({ tenant: lane.tenant, id: command.connection }))?.take(this.#touchOf(lane)) ?? 'park',
    });
    const taken = takeStep(lane, host);
    if (taken === null) {
      if (lane.stale) this.#reload(lane);
      return;
    }
    lane.phase = 'committing';
    void this.#queue.commit(taken.step).then((fate) => {
      if (lane.phase === 'gone') return;
      if (fate.kind === 'committed') return this.#committed(lane, taken.calls, taken.step.release !== null, fate.answer);
      for (const command of taken.calls) this.#budgets.get(budgetKey({ tenant: lane.tenant, id: command.connection }))?.give();
      this.#drop(lane);
      if (fate.kind === 'refused') this.#options.onRefused?.(lane, fate.error);
    });
  }

  #touchOf(lane: Lane): () => void {
    let touch = this.#touches.get(lane);
    if (touch === undefined) {
      touch = () => this.#advance(lane);
      this.#touches.set(lane, touch);
    }
    return touch;
  }

  #drop(lane: Lane): void {
    lane.phase = 'gone';
    this.#lanes.delete(laneId(lane));
    const touch = this.#touches.get(lane);
    if (touch !== undefined) for (const budget of this.#budgets.values()) budget.forget(touch);
    // A place that is free is filled together with others; the poll fills it at the latest.
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
    Object.assign(command, { inFlight: false, state: 'pending', attempt: command.attempt - 1, attemptDeadlineMs: null, notBeforeMs: Date.now() + this.#clockOffsetMs + 200 });
    this.#budgets.get(budgetKey({ tenant: lane.tenant, id: command.connection }))?.give();
  }

  #call(lane: Lane, command: LaneCommand, sentAtMs: number): void {
    const connection = this.#options.installation.connection(lane.tenant, command.connection);
    const budget = this.#budgets.get(budgetKey({ tenant: lane.tenant, id: command.connection }));
    if (connection === null || budget === undefined) throw new Error(`connection ${command.connection} of ${lane.tenant} is not configured`);
    const leftMs = sentAtMs + timeoutOf(connection, command) - performance.now();
    const isOurs = performance.now() < this.#leaseEndMs;
    const done = (answer: Answer): void => {
      budget.record(answer.outcome);
      // The answer is on record in the lane before its permit is free: else the freed permit could start it again.
      if (lane.phase !== 'gone') lane.answers.push(answer);
      budget.give();
      this.#advance(lane);
    };
    // First byte only while the lease holds and within the attempt's time, by a clock read before the commit was sent.
    const order = { connection, command, idempotencyKey: `${lane.tenant}/${lane.entity}/${command.number}`, deadlineMs: isOurs ? Date.now() + leftMs : 0, abandoned: this.#abandoned.signal, log: this.#options.log };
    void carryOut(order).then(done);
  }
}

const timeoutOf = (connection: OpenConnection, command: LaneCommand): number =>
  (connection.connector.commands as Record<string, CommandHandler<never, never, unknown> | undefined>)[command.name]?.timeoutMs ?? 0;
