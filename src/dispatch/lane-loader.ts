import type { Logger } from '#connector-sdk/services.ts';
import type { Database } from '#journal/database.ts';
import { claimLanes, laneId, loadCommands, loadInbox, repairLane } from '#journal/lane-store.ts';
import type { MasterKey } from '#journal/sealed-box.ts';
import { addEvents, type Lane, laneFrom } from './lane-rules/lane.ts';

const eventsPerLoad = 50;
/** How much of the free room each class may take: lowering of stock first, then money and orders, then stock, then catalogue. */
const classShares = [1, 0.95, 0.6, 0.4] as const;

/** Brings lanes and their events from the journal into memory. */
export class LaneLoader {
  readonly #database: Database;
  readonly #master: MasterKey;
  readonly #tenants: readonly string[];
  readonly #log: Logger;

  constructor(database: Database, master: MasterKey, tenants: readonly string[], log: Logger) {
    this.#database = database;
    this.#master = master;
    this.#tenants = tenants;
    this.#log = log;
  }

  /** Takes up to `room` free lanes, with all that lies in them. `mayBeMore`: a class may have been held to its share. @throws SessionOverError */
  async claim(
    session: number,
    room: number,
  ): Promise<{ readonly lanes: readonly Lane[]; readonly mayBeMore: boolean }> {
    const limits = classShares.map((share) => Math.ceil(room * share));
    const claimed = await claimLanes(this.#database, this.#tenants, session, limits);
    if (claimed.length === 0) return { lanes: [], mayBeMore: false };
    const [inbox, commands] = await Promise.all([
      loadInbox(this.#database, this.#master, claimed, eventsPerLoad),
      loadCommands(this.#database, claimed),
    ]);
    const [events, stored] = [Map.groupBy(inbox, laneId), Map.groupBy(commands, laneId)];
    return {
      lanes: claimed.map((each) =>
        laneFrom(each, events.get(laneId(each)) ?? [], stored.get(laneId(each)) ?? []),
      ),
      mayBeMore: claimed.length >= Math.min(...limits),
    };
  }

  /** Adds the events that came since. Only events: a command that lies in memory is newer than the one in the database. */
  async reload(lanes: readonly Lane[]): Promise<void> {
    for (const lane of lanes) lane.stale = false;
    try {
      const events = Map.groupBy(await loadInbox(this.#database, this.#master, lanes, eventsPerLoad), laneId);
      for (const lane of lanes) {
        const loaded = events.get(laneId(lane)) ?? [];
        addEvents(lane, loaded);
        lane.stale ||= loaded.length >= eventsPerLoad;
        if (loaded.length === 0 && lane.steps === 0 && lane.inbox.length === 0) await this.#repair(lane);
      }
    } catch (error) {
      for (const lane of lanes) lane.stale = true;
      throw error;
    }
  }

  /** A lane that says it has work and has none: its counter drifted, and it would be claimed in vain for ever. */
  async #repair(lane: Lane): Promise<void> {
    const mended = await repairLane(this.#database, lane);
    if (mended === 0) return; // somebody told us of an event that was consumed by then
    this.#log.error({ entity: lane.entity, mended }, "a lane's counter had drifted and was mended");
  }
}
