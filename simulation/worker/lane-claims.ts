import { laneFrom } from '#dispatch/lane-rules/lane.ts';
import type { ClaimedLane, InboxEvent, StoredCommand } from '#journal/lane-store.ts';
import { claimLanes, disownLanes, loadCommands, loadInbox } from '../store/sessions.ts';
import type { WorkerContext } from './context.ts';
import { eventsPerLoad, type LaneKeeper } from './lane-keeper.ts';
import type { VirtualSession } from './session.ts';

const lookEveryMs = 5_000;

/** Takes free lanes while there is room, and gives back those that the journal calls ours and that nobody here holds. */
export class LaneClaims {
  readonly #worker: WorkerContext;
  readonly #keeper: () => LaneKeeper;
  readonly #over: (session: VirtualSession) => void;
  #lookAtMs = lookEveryMs;
  #isClaiming = false;
  #mayHaveWork = true;

  constructor(worker: WorkerContext, keeper: () => LaneKeeper, over: (session: VirtualSession) => void) {
    this.#worker = worker;
    this.#keeper = keeper;
    this.#over = over;
  }

  soon(): void {
    this.#mayHaveWork = true;
    this.go();
  }

  go(): void {
    const { live, link, gate, maxLanes } = this.#worker;
    const room = maxLanes - this.#keeper().size;
    if (this.#isClaiming || live === null || this.#worker.isStopping || !live.session.isAlive) return;
    const { session } = live;
    const mayClaim = this.#mayHaveWork && room > 0;
    if (link.world.elapsedMs < this.#lookAtMs || link.world.is('claim-answer-forgotten')) {
      if (!mayClaim) return;
      this.#isClaiming = true;
      return this.#claim(session, room);
    }
    this.#isClaiming = true;
    const held = this.#keeper().entities;
    link.call(
      gate,
      'disown',
      () => disownLanes(link.store, session.id, held),
      (freed) => {
        this.#lookAtMs = link.world.elapsedMs + lookEveryMs;
        if (freed > 0) link.world.note(`session ${session.id} gives back ${freed} lanes`);
        if (freed > 0) link.world.met('lanes that nobody held were given back');
        if (mayClaim && this.#isCurrent(session)) return this.#claim(session, room);
        this.#isClaiming = false;
      },
      () => this.#failed(),
    );
  }

  #claim(session: VirtualSession, room: number): void {
    const { link, gate } = this.#worker;
    this.#mayHaveWork = false;
    link.call(
      gate,
      'claim',
      () => claimLanes(link.store, session.id, room),
      (claimed) => {
        if (claimed !== null && claimed.length > 0) return this.#load(session, claimed, room);
        this.#isClaiming = false;
        if (claimed === null && this.#isCurrent(session)) this.#over(session);
      },
      () => this.#failed(),
    );
  }

  #isCurrent(session: VirtualSession): boolean {
    return session === this.#worker.live?.session && !session.isAbandoned;
  }

  #load(session: VirtualSession, claimed: readonly ClaimedLane[], room: number): void {
    const { link, gate } = this.#worker;
    const entities = claimed.map(({ entity }) => entity);
    link.call(
      gate,
      'claim',
      () => ({
        inbox: loadInbox(link.store, entities, eventsPerLoad),
        commands: loadCommands(link.store, entities),
      }),
      ({ inbox, commands }) => {
        if (this.#isCurrent(session)) {
          this.#mayHaveWork ||= claimed.length >= room;
          for (const each of claimed) this.#take(each, inbox, commands);
        }
        // Not before all of them are in the table: those that are not would be given back as strays.
        this.#isClaiming = false;
        this.go();
      },
      () => this.#failed(),
    );
  }

  #take(claimed: ClaimedLane, inbox: readonly InboxEvent[], commands: readonly StoredCommand[]): void {
    const { entity } = claimed;
    const isOurs = (row: { readonly entity: string }): boolean => row.entity === entity;
    const lane = laneFrom(claimed, inbox.filter(isOurs), commands.filter(isOurs));
    this.#worker.link.world.note(
      `session ${this.#worker.live?.session.id ?? 0} holds ${entity}/${lane.claim}: ${lane.inbox.length} events, ${lane.commands.size} commands`,
    );
    this.#keeper().hold(lane);
  }

  /** What it took may be nobody's. */
  #failed(): void {
    this.#isClaiming = false;
    this.#lookAtMs = 0;
    this.#worker.link.world.met('a claim got no answer');
  }
}
