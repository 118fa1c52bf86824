import type { LaneHost } from '#dispatch/lane-rules/host.ts';
import {
  addEvents,
  hasCallInFlight,
  type Lane,
  type LaneCommand,
  standBack,
  waitsForCallsAlone,
} from '#dispatch/lane-rules/lane.ts';
import { isUrgent } from '#dispatch/lane-rules/urgency.ts';
import { takeStep, type TakenStep } from '#dispatch/lane-rules/take-step.ts';
import { loadInbox, repairLane } from '../store/sessions.ts';
import { CallDesk } from './call-desk.ts';
import type { Committed, StepFate } from './commit-queue.ts';
import type { WorkerContext } from './context.ts';
import { virtualHost } from './lane-host.ts';
import { NoUpgradeError } from './order-processes.ts';
import type { VirtualSession } from './session.ts';

export const eventsPerLoad = 3;
/** How long a lane that failed is left alone before somebody tries again. */
const restMs = 10_000;

/** The lanes that one worker holds, from claim to release: decides, commits, calls; takes in events that came meanwhile. */
export class LaneKeeper {
  readonly #worker: WorkerContext;
  readonly #dropped: () => void;
  readonly #lanes = new Map<string, Lane>();
  readonly #touches = new WeakMap<Lane, () => void>();
  readonly #toLoad = new Set<Lane>();
  /** Lanes that failed in our hands, and until when they are left alone. */
  readonly #resting = new Map<string, number>();
  readonly desk: CallDesk;

  /** `dropped`: there is room again. */
  constructor(worker: WorkerContext, dropped: () => void) {
    this.#worker = worker;
    this.#dropped = dropped;
    this.desk = new CallDesk(worker, (lane) => this.advance(lane));
  }

  get size(): number {
    return this.#lanes.size;
  }

  /** Those that are ours: held, or set aside for a while. */
  get entities(): ReadonlySet<string> {
    const { nowMs } = this.#worker.link.world;
    for (const [entity, untilMs] of this.#resting) if (untilMs <= nowMs) this.#resting.delete(entity);
    return new Set([...this.#lanes.keys(), ...this.#resting.keys()]);
  }
  get hasCallInFlight(): boolean {
    return [...this.#lanes.values()].some(hasCallInFlight);
  }

  hold(lane: Lane): void {
    // One that we hold was claimed again before we heard that we had given it back.
    const former = this.#lanes.get(lane.entity);
    if (former !== undefined && !this.#worker.link.world.is('drop-forgets-newer')) this.#drop(former);
    this.#lanes.set(lane.entity, lane);
    this.advance(lane);
  }

  advanceAll(): void {
    for (const lane of this.#lanes.values()) if (!waitsForCallsAlone(lane)) this.advance(lane);
  }

  /** The session is over: all of it belongs to others now. */
  abandon(): void {
    for (const lane of this.#lanes.values()) lane.phase = 'gone';
    this.#lanes.clear();
    this.#toLoad.clear();
    this.#resting.clear();
  }

  onWork(entity: string): void {
    const lane = this.#lanes.get(entity);
    if (lane !== undefined) this.#reload(lane);
  }

  /** Lets a lane decide what it can, and commits that. The one door through which a lane moves. */
  advance(lane: Lane): void {
    const { live, link } = this.#worker;
    if (lane.phase !== 'idle' || live === null) return;
    const { session, queue } = live;
    if (this.#lanes.get(lane.entity) !== lane && !session.isAbandoned)
      link.world.violated('a lane that is held is in the table of its worker', lane.entity);
    const granted: LaneCommand[] = [];
    let taken: TakenStep | null;
    try {
      taken = takeStep(lane, this.#hostFor(lane, session, granted));
    } catch (error) {
      if (!(error instanceof NoUpgradeError)) throw error;
      return this.#failedIn(lane, granted);
    }
    if (taken === null) {
      if (lane.stale) this.#reload(lane);
      return;
    }
    lane.phase = 'committing';
    if (link.world.is('calls-before-commit'))
      for (const command of taken.calls) this.desk.call(lane, command, link.world.nowMs);
    queue.commit(taken.step, (fate) => this.#settled(lane, taken, fate, session));
  }

  #hostFor(lane: Lane, session: VirtualSession, granted: LaneCommand[]): LaneHost {
    const { link, handlers, budgets, isReleased, processOf } = this.#worker;
    const host: LaneHost = virtualHost(link.store, handlers, {
      processOf,
      nowMs: () => session.nowMs(),
      mayCall: (command) => {
        if (this.#worker.isStopping) return 'wait';
        const permission =
          budgets.get(command.connection)?.take(this.#touchOf(lane), isUrgent(lane, host)) ?? 'park';
        if (permission === 'go') granted.push(command);
        return permission;
      },
      isReleased,
    });
    return host;
  }

  /** What we hold of it in memory is not to be trusted any more. It is tried again from the journal, after a rest. */
  #failedIn(lane: Lane, granted: readonly LaneCommand[]): void {
    const { link, budgets } = this.#worker;
    link.world.note(`session ${this.#worker.live?.session.id ?? 0} sets ${lane.entity} aside`);
    link.world.met('a worker that knows the new version alone set an older instance aside');
    this.#resting.set(lane.entity, link.world.nowMs + restMs);
    for (const command of granted) budgets.get(command.connection)?.give();
    this.#drop(lane);
  }

  #settled(lane: Lane, taken: TakenStep, fate: StepFate, session: VirtualSession): void {
    const { link, budgets } = this.#worker;
    if (fate.kind === 'fenced' && !link.store.sessions.has(session.id)) link.world.met('a zombie was fenced');
    if (lane.phase === 'gone') return;
    if (fate.kind === 'committed') return this.#committed(lane, taken, fate.answer);
    for (const command of taken.calls) budgets.get(command.connection)?.give();
    this.#drop(lane);
    if (fate.kind === 'refused') link.world.violated('the database refuses no step', fate.detail);
  }

  #committed(lane: Lane, { step, calls }: TakenStep, answer: Committed): void {
    const { world } = this.#worker.link;
    if (step.release !== null) return this.#drop(lane);
    lane.phase = 'idle';
    lane.steps += 1;
    lane.consumed.clear();
    for (const command of calls) {
      if (answer.held.includes(command.number)) this.#standBack(lane, command);
      else if (!world.is('calls-before-commit')) this.desk.call(lane, command, answer.sentAtMs);
    }
    if (answer.hasMore) this.#reload(lane);
    else this.advance(lane);
  }

  /** Another order holds the record that this command would touch, or may hold it. */
  #standBack(lane: Lane, command: LaneCommand): void {
    const { live, link, budgets } = this.#worker;
    standBack(command, (live?.session.nowMs() ?? 0) + 200);
    if (link.world.is('stand-back-forgets'))
      Object.assign(command, { state: 'pending', attemptDeadlineMs: null });
    const isOurs = link.store.lanes.get(lane.entity)?.owner === live?.session.id;
    const row = link.store.commands.get(lane.entity)?.get(command.number);
    const isUnknown = row?.state === 'ambiguous' || row?.state === 'accepted';
    if (isOurs && isUnknown && command.state === 'pending')
      link.world.violated('what is unknown stays unknown', `${lane.entity} #${command.number}`);
    budgets.get(command.connection)?.give();
  }

  #touchOf(lane: Lane): () => void {
    const known = this.#touches.get(lane);
    if (known !== undefined) return known;
    const touch = (): void => this.advance(lane);
    this.#touches.set(lane, touch);
    return touch;
  }

  #drop(lane: Lane): void {
    const { link, budgets } = this.#worker;
    lane.phase = 'gone';
    // Its successor may be here already: claimed again between the release and the answer to it.
    if (this.#lanes.get(lane.entity) === lane || link.world.is('drop-forgets-newer'))
      this.#lanes.delete(lane.entity);
    const touch = this.#touches.get(lane);
    if (touch !== undefined) for (const budget of budgets.values()) budget.forget(touch);
    this.#dropped();
  }

  /** Events came for a lane that we hold. */
  #reload(lane: Lane): void {
    const { link, gate } = this.#worker;
    lane.stale = true;
    if (lane.phase === 'committing' && link.world.is('consumed-forgotten')) {
      lane.consumed.clear();
      return this.#load([lane]);
    }
    if (lane.phase !== 'idle') return;
    lane.phase = 'loading';
    this.#toLoad.add(lane);
    if (this.#toLoad.size > 1) return;
    link.world.after(0, () =>
      gate.run(() => {
        const lanes = [...this.#toLoad];
        this.#toLoad.clear();
        if (lanes.length > 0) this.#load(lanes);
      }),
    );
  }

  #load(lanes: readonly Lane[]): void {
    const { link, gate } = this.#worker;
    for (const lane of lanes) lane.stale = false;
    const entities = lanes.map(({ entity }) => entity);
    const ended = (): void => {
      for (const lane of lanes) {
        if (lane.phase !== 'loading') continue;
        lane.phase = 'idle';
        this.advance(lane);
      }
    };
    link.call(
      gate,
      'load',
      () => loadInbox(link.store, entities, eventsPerLoad),
      (events) => {
        for (const lane of lanes) {
          const loaded = events.filter(({ entity }) => entity === lane.entity);
          addEvents(lane, loaded);
          lane.stale ||= loaded.length >= eventsPerLoad;
          if (loaded.length === 0 && lane.steps === 0 && lane.inbox.length === 0) this.#repair(lane);
        }
        ended();
      },
      () => {
        for (const lane of lanes) lane.stale = true;
        link.world.after(100, () => gate.run(ended));
      },
    );
  }

  #repair(lane: Lane): void {
    const { link, live } = this.#worker;
    if (link.store.lanes.get(lane.entity)?.owner !== live?.session.id) return;
    const mended = repairLane(link.store, lane.entity);
    if (mended !== 0) link.world.violated('a counter never drifts', `${lane.entity} by ${mended}`);
  }
}
