import { laneFrom } from '#dispatch/lane-rules/lane.ts';
import type { ClaimedLane, InboxEvent, StoredCommand } from '#journal/lane-store.ts';
import { claimLanes, loadCommands, loadInbox } from '../store/sessions.ts';
import type { WorkerContext } from './context.ts';
import { eventsPerLoad, type LaneKeeper } from './lane-keeper.ts';
import type { VirtualSession } from './session.ts';

/** Takes free lanes while there is room. `over`: the session turned out to be over, or nobody knows what it owns. */
export class LaneClaims {
  readonly #worker: WorkerContext;
  readonly #keeper: () => LaneKeeper;
  readonly #over: (session: VirtualSession, why: string) => void;
  #isClaiming = false;
  #mayHaveWork = true;

  constructor(
    worker: WorkerContext,
    keeper: () => LaneKeeper,
    over: (session: VirtualSession, why: string) => void,
  ) {
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
    if (this.#isClaiming || live === null || !live.session.isAlive || !this.#mayHaveWork || room <= 0) return;
    const { session } = live;
    this.#isClaiming = true;
    this.#mayHaveWork = false;
    link.call(
      gate,
      'claim',
      () => claimLanes(link.store, session.id, room),
      (claimed) => {
        if (claimed !== null && claimed.length > 0) return this.#load(session, claimed, room);
        this.#isClaiming = false;
        if (claimed === null && this.#isCurrent(session)) this.#over(session, 'the lease ran out');
      },
      () => this.#failed(session),
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
        this.#isClaiming = false;
        if (!this.#isCurrent(session)) return;
        this.#mayHaveWork ||= claimed.length >= room;
        for (const each of claimed) this.#take(each, inbox, commands);
        this.go();
      },
      () => this.#failed(session),
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

  /** Lanes may be ours in the database without our knowing which: only the end of the session gives them back. */
  #failed(session: VirtualSession): void {
    const { world } = this.#worker.link;
    this.#isClaiming = false;
    world.met('a claim got no answer');
    if (!world.is('claim-answer-forgotten') && this.#isCurrent(session))
      this.#over(session, 'a claim got no answer');
  }
}
