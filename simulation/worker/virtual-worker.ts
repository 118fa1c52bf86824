import type { LaneHost } from '#dispatch/lane-rules/host.ts';
import { addEvents, type Answer, type Lane, type LaneCommand, laneFrom, workLeft } from '#dispatch/lane-rules/lane.ts';
import { takeStep } from '#dispatch/lane-rules/take-step.ts';
import type { ClaimedLane, InboxEvent, StoredCommand } from '#journal/lane-store.ts';
import type { VirtualPlatform } from '../platforms/platform.ts';
import * as sessions from '../store/sessions.ts';
import type { Content } from '../store/rows.ts';
import type { World } from '../world.ts';
import { VirtualBudget } from './budget.ts';
import { type CallOrder, carryOut } from './call.ts';
import { type Committed, VirtualCommitQueue } from './commit-queue.ts';
import type { DatabaseLink, Gate } from './database-link.ts';
import type { Handlers } from './handlers.ts';
import { virtualHost } from './lane-host.ts';
import { leaseMs, VirtualSession } from './session.ts';

const heartbeatMs = 1_000;
const pollMs = 300;
const shareMs = 120;
const mindMs = 1_000;
const eventsPerLoad = 3;

export type WorkerParts = {
  readonly link: DatabaseLink;
  readonly platforms: ReadonlyMap<string, VirtualPlatform>;
  readonly handlers: Handlers;
  readonly concurrency: number;
  readonly maxLanes: number;
  isReleased(content: Content): boolean;
};

/**
 * The second host of the lane rules: method by method what src/dispatch/worker.ts does, with actions of the world where that
 * one awaits. It can be stopped in the middle of anything, and killed.
 */
export class VirtualWorker implements Gate {
  readonly name: string;
  readonly #world: World;
  readonly #parts: WorkerParts;
  readonly #lanes = new Map<string, Lane>();
  readonly #touches = new WeakMap<Lane, () => void>();
  readonly #toLoad = new Set<Lane>();
  readonly #budgets: ReadonlyMap<string, VirtualBudget>;
  readonly #held: (() => void)[] = [];
  readonly #calling = new Set<string>();
  #session: VirtualSession | null = null;
  #queue: VirtualCommitQueue | null = null;
  #isBeating = false;
  #isClaiming = false;
  #mayHaveWork = true;
  isDead = false;
  isPaused = false;

  constructor(name: string, parts: WorkerParts) {
    this.name = name;
    this.#world = parts.link.world;
    this.#parts = parts;
    this.#budgets = new Map(
      [...parts.platforms].map(([connection, platform]) => [
        connection,
        new VirtualBudget(parts.link, this, platform, parts.concurrency),
      ]),
    );
    this.#open();
    this.#every(heartbeatMs, () => this.#heartbeat());
    this.#every(pollMs, () => this.#poll());
    this.#every(mindMs, () => this.#mind());
    this.#every(shareMs, () => {
      for (const budget of this.#budgets.values()) budget.share(this.#room, () => this.#claimSoon());
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
    if (this.#calling.size > 0) this.#world.met('a worker crashed with a call in flight');
  }

  get #store() {
    return this.#parts.link.store;
  }
  get #room(): number {
    return this.#parts.maxLanes - this.#lanes.size;
  }

  #every(ms: number, work: () => void): void {
    this.#world.every(ms, () => {
      if (this.isDead) return 'stop';
      if (!this.isPaused) work();
      return undefined;
    });
  }

  #open(): void {
    const sentAtMs = this.#world.nowMs;
    this.#parts.link.call(
      this,
      'session',
      () => sessions.openSession(this.#store, leaseMs),
      (id) => {
        const session = new VirtualSession(this.#world, id, sentAtMs);
        this.#session = session;
        this.#queue = new VirtualCommitQueue(this.#parts.link, this, session);
        for (const budget of this.#budgets.values()) budget.begin(id);
        this.#world.note(`${this.name} has session ${id}`);
      },
      () => this.#world.after(200, () => this.run(() => this.#open())),
    );
  }

  #leave(): void {
    for (const lane of this.#lanes.values()) lane.phase = 'gone';
    this.#lanes.clear();
    this.#toLoad.clear();
    if (this.#session !== null) this.#session.isAbandoned = true;
  }

  /** The session is over: whatever is held belongs to others now. */
  #begin(why: string): void {
    this.#world.note(`${this.name} abandons session ${this.#session?.id ?? 0}: ${why}`);
    this.#leave();
    this.#open();
  }

  #heartbeat(): void {
    const session = this.#session;
    if (session === null || this.#isBeating) return;
    if (session.isOver) return this.#overdue(session);
    this.#isBeating = true;
    const sentAtMs = this.#world.nowMs;
    const { link } = this.#parts;
    link.call(
      this,
      'heartbeat',
      () => sessions.renewSession(this.#store, session.id, leaseMs),
      (isAlive) => {
        this.#isBeating = false;
        if (session !== this.#session || session.isAbandoned) return;
        if (!isAlive) return this.#overdue(session);
        session.leaseEndMs = sentAtMs + leaseMs;
        link.call(
          this,
          'reaping',
          () => sessions.reapSessions(this.#store),
          (reaped) => {
            if (reaped > 0) this.#claimSoon();
          },
          () => undefined,
        );
      },
      () => {
        this.#isBeating = false;
      },
    );
  }

  #overdue(session: VirtualSession): void {
    if (session.isAbandoned) return;
    this.#world.met('a lease ran out in a worker that lives');
    this.#begin('the lease ran out');
  }

  #mind(): void {
    this.#parts.link.call(
      this,
      'breakers',
      () => new Set(this.#store.breakers.keys()),
      (open) => {
        for (const budget of this.#budgets.values()) budget.mind(open);
      },
      () => undefined,
    );
  }

  #poll(): void {
    for (const lane of this.#lanes.values()) this.#advance(lane);
    this.#claimSoon();
  }

  /** Told that there is work. */
  onWork(entity: string): void {
    const lane = this.#lanes.get(entity);
    if (lane !== undefined) this.#reload(lane);
    this.#claimSoon();
  }

  #claimSoon(): void {
    this.#mayHaveWork = true;
    this.#claim();
  }

  #claim(): void {
    const session = this.#session;
    if (this.#isClaiming || session === null || !session.isAlive) return;
    if (!this.#mayHaveWork || this.#room <= 0) return;
    this.#isClaiming = true;
    this.#mayHaveWork = false;
    const room = this.#room;
    this.#parts.link.call(
      this,
      'claim',
      () => sessions.claimLanes(this.#store, session.id, room),
      (claimed) => {
        if (claimed !== null) return this.#loadClaimed(session, claimed, room);
        this.#isClaiming = false;
        if (session === this.#session && !session.isAbandoned) this.#overdue(session);
      },
      () => this.#claimFailed(session),
    );
  }

  #loadClaimed(session: VirtualSession, claimed: readonly ClaimedLane[], room: number): void {
    const entities = claimed.map(({ entity }) => entity);
    if (entities.length === 0) {
      this.#isClaiming = false;
      return;
    }
    this.#parts.link.call(
      this,
      'claim',
      () => ({
        inbox: sessions.loadInbox(this.#store, entities, eventsPerLoad),
        commands: sessions.loadCommands(this.#store, entities),
      }),
      ({ inbox, commands }) => {
        this.#isClaiming = false;
        if (session !== this.#session || session.isAbandoned) return;
        this.#mayHaveWork ||= claimed.length >= room;
        for (const each of claimed) this.#take(each, inbox, commands);
        this.#claim();
      },
      () => this.#claimFailed(session),
    );
  }

  #take(claimed: ClaimedLane, inbox: readonly InboxEvent[], commands: readonly StoredCommand[]): void {
    const { entity } = claimed;
    const isOurs = (row: { readonly entity: string }): boolean => row.entity === entity;
    const lane = laneFrom(claimed, inbox.filter(isOurs), commands.filter(isOurs));
    this.#world.note(`${this.name} holds ${entity}/${lane.claim}: ${lane.inbox.length} events, ${lane.commands.size} commands`);
    this.#lanes.set(entity, lane);
    this.#advance(lane);
  }

  /** Lanes may be ours in the database without our knowing which: only the end of the session gives them back. */
  #claimFailed(session: VirtualSession): void {
    this.#isClaiming = false;
    this.#world.met('the answer of a claim was lost');
    if (this.#world.is('claim-answer-forgotten')) return;
    if (session === this.#session && !session.isAbandoned) this.#begin('a claim got no answer');
  }

  /** Events came for a lane that we hold. */
  #reload(lane: Lane): void {
    lane.stale = true;
    if (lane.phase === 'committing' && this.#world.is('consumed-forgotten')) {
      lane.consumed.clear();
      return this.#load([lane]);
    }
    if (lane.phase !== 'idle') return;
    lane.phase = 'loading';
    this.#toLoad.add(lane);
    if (this.#toLoad.size > 1) return;
    this.#world.after(0, () =>
      this.run(() => {
        const lanes = [...this.#toLoad];
        this.#toLoad.clear();
        if (lanes.length > 0) this.#load(lanes);
      }),
    );
  }

  #load(lanes: readonly Lane[]): void {
    for (const lane of lanes) lane.stale = false;
    const entities = lanes.map(({ entity }) => entity);
    const ended = (): void => {
      for (const lane of lanes) {
        if (lane.phase !== 'loading') continue;
        lane.phase = 'idle';
        this.#advance(lane);
      }
    };
    this.#parts.link.call(
      this,
      'load',
      () => sessions.loadInbox(this.#store, entities, eventsPerLoad),
      (events) => {
        for (const lane of lanes) {
          const loaded = events.filter(({ entity }) => entity === lane.entity);
          addEvents(lane, loaded);
          lane.stale ||= loaded.length >= eventsPerLoad;
          if (loaded.length === 0 && lane.steps === 0 && workLeft(lane) === 0) this.#repair(lane);
        }
        ended();
      },
      () => {
        for (const lane of lanes) lane.stale = true;
        this.#world.after(100, () => this.run(ended));
      },
    );
  }

  #repair(lane: Lane): void {
    const row = this.#store.lanes.get(lane.entity);
    if (row?.owner !== this.#session?.id) return;
    const mended = sessions.repairLane(this.#store, lane.entity);
    if (mended !== 0) this.#world.violated('a counter never drifts', `${lane.entity} by ${mended}`);
  }

  #hostFor(lane: Lane, session: VirtualSession): LaneHost {
    return virtualHost(this.#store, this.#parts.handlers, {
      nowMs: () => session.nowMs(),
      mayCall: (command) => this.#budgets.get(command.connection)?.take(this.#touchOf(lane)) ?? 'park',
      isReleased: (content) => this.#parts.isReleased(content),
    });
  }

  /** Lets a lane decide what it can, and commits that. */
  #advance(lane: Lane): void {
    const [session, queue] = [this.#session, this.#queue];
    if (lane.phase !== 'idle' || session === null || queue === null) return;
    if (this.#lanes.get(lane.entity) !== lane && !session.isAbandoned)
      this.#world.violated('a lane that is held is in the table of its worker', lane.entity);
    const taken = takeStep(lane, this.#hostFor(lane, session));
    if (taken === null) {
      if (lane.stale) this.#reload(lane);
      return;
    }
    lane.phase = 'committing';
    if (this.#world.is('calls-before-commit'))
      for (const command of taken.calls) this.#call(lane, command, this.#world.nowMs);
    queue.commit(taken.step, (fate) => {
      if (fate.kind === 'fenced' && !this.#store.sessions.has(session.id)) this.#world.met('a zombie was fenced');
      if (lane.phase === 'gone') return;
      if (fate.kind === 'committed')
        return this.#committed(lane, taken.calls, taken.step.release !== null, fate.answer);
      for (const command of taken.calls) this.#budgets.get(command.connection)?.give();
      this.#drop(lane);
      if (fate.kind === 'refused') this.#world.violated('the database refuses no step', fate.detail);
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
    // Its successor may be here already: claimed again between the release and the answer to it.
    if (this.#lanes.get(lane.entity) === lane || this.#world.is('drop-forgets-newer'))
      this.#lanes.delete(lane.entity);
    const touch = this.#touches.get(lane);
    if (touch !== undefined) for (const budget of this.#budgets.values()) budget.forget(touch);
    if (this.#mayHaveWork) this.#claim();
  }

  #committed(lane: Lane, calls: readonly LaneCommand[], isReleased: boolean, answer: Committed): void {
    if (isReleased) return this.#drop(lane);
    lane.phase = 'idle';
    lane.steps += 1;
    lane.consumed.clear();
    for (const command of calls) {
      if (answer.held.includes(command.number)) this.#standBack(command);
      else if (!this.#world.is('calls-before-commit')) this.#call(lane, command, answer.sentAtMs);
    }
    if (answer.hasMore) this.#reload(lane);
    else this.#advance(lane);
  }

  /** Another order holds the record that this command would touch, or may hold it. */
  #standBack(command: LaneCommand): void {
    const notBeforeMs = (this.#session?.nowMs() ?? 0) + 200;
    const forgets = this.#world.is('stand-back-forgets');
    Object.assign(command, {
      inFlight: false,
      notBeforeMs,
      ...(forgets
        ? { state: 'pending', attempt: command.attempt - 1, attemptDeadlineMs: null }
        : // What an earlier attempt left open stays open, and the keys that it may hold are given back in the end.
          { state: command.state === 'attempting' ? 'pending' : command.state }),
    });
    this.#budgets.get(command.connection)?.give();
  }

  #call(lane: Lane, command: LaneCommand, sentAtMs: number): void {
    const session = this.#session;
    const budget = this.#budgets.get(command.connection);
    const platform = this.#parts.platforms.get(command.connection);
    const handler = this.#parts.handlers[command.connection]?.[command.name as never] as
      CallOrder['handler'] | undefined;
    if (session === null || budget === undefined || platform === undefined || handler === undefined)
      throw new Error(`no way to ${command.connection}`);
    const leftMs = session.isAlive ? sentAtMs + handler.timeoutMs - this.#world.nowMs : 0;
    // The attempt may go on for longer than was thought when it was decided: its commit had to wait.
    if (!this.#world.is('deadline-from-decision'))
      command.attemptDeadlineMs = session.nowMs() + Math.max(0, leftMs);
    if (leftMs > 0) this.#checkRecorded(lane, command, session);
    const key = `${lane.entity}#${command.number}`;
    if (this.#calling.has(`${key} ${session.id}`))
      this.#world.violated('a command is under way once', key);
    this.#calling.add(`${key} ${session.id}`);
    const { entity } = lane;
    const deadlineMs = this.#world.nowMs + leftMs;
    carryOut({ platform, gate: this, session, entity, command, handler, deadlineMs }, (answer) => {
      this.#calling.delete(`${key} ${session.id}`);
      if (session !== this.#session || session.isAbandoned) return;
      this.#answered(lane, command, budget, answer);
    });
  }

  #answered(lane: Lane, command: LaneCommand, budget: VirtualBudget, answer: Answer): void {
    const heard = this.#world.is('blind-retry') && answer.outcome.kind === 'outcome-unknown'
      ? { ...answer, outcome: { kind: 'unavailable', retryAfterMs: null, detail: 'no answer' } as const }
      : answer;
    budget.record(heard.outcome);
    const keep = (): void => {
      if (lane.phase !== 'gone') lane.answers.push(heard);
    };
    if (this.#world.is('permit-before-answer')) {
      command.inFlight = false;
      budget.give();
      return this.#world.after(0, () =>
        this.run(() => {
          keep();
          this.#advance(lane);
        }),
      );
    }
    keep();
    budget.give();
    if (command.state === 'accepted' && answer.outcome.kind === 'done') this.#world.met('accepted, and done when asked again');
    if (command.state === 'accepted' && answer.outcome.kind === 'rejected')
      this.#world.met('a platform refused what it had accepted');
    this.#advance(lane);
  }

  /** Before the first byte leaves, the attempt is on record. */
  #checkRecorded(lane: Lane, command: LaneCommand, session: VirtualSession): void {
    const row = this.#store.commands.get(lane.entity)?.get(command.number);
    const isOurs = this.#store.lanes.get(lane.entity)?.owner === session.id;
    if (isOurs && (row?.attempt ?? 0) >= command.attempt) return;
    this.#world.violated('an attempt is on record before its first byte leaves', `${lane.entity} #${command.number}`);
  }
}
