import type { Json } from '#canonical/json.ts';
import type {
  CommandRow,
  Disposition,
  DoneRow,
  EventRow,
  InstanceRow,
  LaneRow,
  MessageRow,
  ParkedRow,
  TimerRow,
  WaitRow,
} from './store/rows.ts';
import { leaseMs } from './worker/session.ts';
import type { World } from './world.ts';

/**
 * The journal's tables in memory, and what all of its functions are made of. Each function of the database is one action here,
 * so it is atomic, as a transaction is; those that change nothing when they fail check everything first.
 */
export class VirtualStore {
  readonly world: World;
  readonly lanes = new Map<string, LaneRow>();
  readonly instances = new Map<string, InstanceRow>();
  readonly inbox = new Map<string, Map<number, EventRow>>();
  readonly commands = new Map<string, Map<number, CommandRow>>();
  readonly done = new Map<string, DoneRow[]>();
  readonly messages = new Map<number, MessageRow>();
  /** What became of each message, in order; a replayed one has several. */
  readonly dispositions = new Map<number, Disposition[]>();
  readonly seen = new Set<string>();
  readonly parked = new Map<number, ParkedRow>();
  readonly waits = new Map<string, WaitRow>();
  readonly timers = new Map<string, TimerRow>();
  /** Up to when each platform has been read, by the database's clock. */
  readonly readToMs = new Map<string, number>();
  /** The latest of them that there ever was for the ERP: its clock may have been set back since. */
  maxReadToMs = 0;
  readonly links = new Map<string, string>();
  readonly holds = new Map<string, { readonly entity: string; readonly number: number }>();
  /** Who waits for conflict keys, and how often others had one of them meanwhile. */
  readonly keyWaits = new Map<string, { readonly keys: ReadonlySet<string>; passed: number }>();
  readonly crosswalk = new Set<string>();
  readonly reservations = new Map<string, ReadonlyMap<string, number>>();
  readonly positions = new Map<string, { readonly supply: number | null; reserved: number }>();
  readonly sessions = new Map<number, { leaseUntilMs: number }>();
  readonly leases = new Map<string, { permits: number; wanted: number; untilMs: number | null }>();
  readonly breakers = new Map<string, { nextProbeAtMs: number }>();
  /** Lanes that the action under way has changed: the invariants look at these. */
  readonly touched = new Set<string>();
  /** Stock positions that it has changed. */
  readonly touchedPositions = new Set<string>();
  /** Which session made which attempt's call: `entity number attempt`. */
  readonly calls = new Map<string, number>();
  /** Until when the last attempt of a command, its outcome unknown, may truly have its effect and be invisible. */
  readonly openUntilMs = new Map<string, number>();
  /** Commands that stood still once: others may have passed them. */
  readonly stoodStill = new Set<string>();
  /** Every fence that was ever given out: entity, session, claim. */
  readonly fences = new Set<string>();
  /** How far the database's clock is off true time. */
  clockMs = 0;
  #latestMs = 0;
  #forwardAtMs = -Infinity;
  #numbers = 0;
  #claims = 0;
  /** Asked of the platforms' ground truth: whether a command had an effect. */
  hadEffect: (entity: string, number: number) => boolean = () => false;
  /** Told of work, as by NOTIFY. */
  onWork: (entity: string) => void = () => undefined;

  constructor(world: World) {
    this.world = world;
  }

  /** The database's clock, which may be set back or forward. */
  get nowMs(): number {
    return this.world.nowMs + this.clockMs;
  }
  /** The latest that it ever said. */
  get latestMs(): number {
    return Math.max(this.#latestMs, this.nowMs);
  }
  /** Whether leases may be over in the database alone. */
  get isJustForward(): boolean {
    return this.world.nowMs - this.#forwardAtMs < leaseMs;
  }
  stepClock(byMs: number): void {
    this.#latestMs = this.latestMs;
    if (byMs > 0) this.#forwardAtMs = this.world.nowMs;
    this.clockMs += byMs;
  }
  nextClaim(): number {
    this.#claims += 1;
    return this.#claims;
  }
  nextNumber(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  /** One event into an entity's inbox; its lane is due. */
  addEvent(
    entity: string,
    event: Pick<EventRow, 'kind' | 'messageId' | 'body'>,
    atMs: number = this.nowMs,
  ): void {
    const eventId = this.nextNumber();
    let inbox = this.inbox.get(entity);
    if (inbox === undefined) this.inbox.set(entity, (inbox = new Map()));
    inbox.set(eventId, { ...event, eventId, atMs });
    const lane = this.lanes.get(entity);
    if (lane === undefined)
      this.lanes.set(entity, {
        todo: 1,
        dueMs: this.nowMs,
        owner: null,
        claim: 0,
        steps: 0,
        lastOwner: null,
      });
    else {
      lane.todo += 1;
      lane.dueMs = Math.min(lane.dueMs, this.nowMs);
    }
    this.touched.add(entity);
    this.onWork(entity);
  }

  /** Events of our own arrive as the database's functions write them. */
  tell(entity: string, kind: 'deadline' | 'reservation' | 'operator', body: Json, atMs?: number): void {
    this.addEvent(entity, { kind, messageId: null, body }, atMs);
  }

  openParked(row: Omit<ParkedRow, 'parkedId' | 'isOpen'>): ParkedRow {
    const open = this.findParked(row.entity, row.kind, row.key);
    const parkedId = open?.parkedId ?? this.nextNumber();
    const stored = { ...row, parkedId, isOpen: true };
    this.parked.set(parkedId, stored);
    return stored;
  }

  findParked(entity: string | null, kind: ParkedRow['kind'], key: string): ParkedRow | undefined {
    for (const row of this.parked.values())
      if (row.isOpen && row.entity === entity && row.kind === kind && row.key === key) return row;
    return undefined;
  }

  closeParked(row: ParkedRow): void {
    row.isOpen = false;
    for (const [key, wait] of this.waits) if (wait.parkedId === row.parkedId) this.waits.delete(key);
  }

  addWait(wait: WaitRow): void {
    const key = `${wait.topic} ${wait.entity} ${wait.parkedId}`;
    const known = this.waits.get(key);
    if (known === undefined) this.waits.set(key, wait);
    else known.isUrgent = wait.isUrgent === true;
  }

  /** A parked message goes back into its inbox; a parked command is handed to its lane, which alone changes it. */
  release(row: ParkedRow, by: string): void {
    if (!row.isOpen || row.entity === null) return;
    if (row.kind === 'message') {
      this.addEvent(row.entity, { kind: 'message', messageId: Number(row.key), body: null });
      this.closeParked(row);
    } else if (row.kind === 'command') {
      this.tell(row.entity, 'operator', {
        action: 'command.retry',
        number: Number(row.key),
        by,
        reason: 'released',
      });
    }
    for (const [key, wait] of this.waits) if (wait.parkedId === row.parkedId) this.waits.delete(key);
  }

  /** What waited for this goes on. */
  wake(topic: string): void {
    const waiting = [...this.waits].filter(([, wait]) => wait.topic === topic);
    for (const [key, wait] of waiting) {
      if (wait.parkedId === 0) {
        this.waits.delete(key);
        const lane = this.lanes.get(wait.entity);
        if (lane !== undefined) lane.dueMs = Math.min(lane.dueMs, this.nowMs);
      } else {
        const row = this.parked.get(wait.parkedId);
        if (row !== undefined) this.release(row, 'system');
      }
    }
  }

  addLink(connection: string, type: string, id: string, entity: string): void {
    const key = `${connection} ${type} ${id}`;
    if (this.links.has(key)) return;
    this.links.set(key, entity);
    // The transaction that lets somebody wait for this very link may be under way: then nobody is woken.
    if (!this.world.fault('database', 0.1, `wake-up for ${key} missed`)) this.wakeLinked(key);
  }

  wakeLinked(key: string): void {
    const entity = this.links.get(key);
    const topic = `link:${key}`;
    if (entity === undefined) return;
    for (const wait of this.waits.values()) {
      const row = wait.topic === topic ? this.parked.get(wait.parkedId) : undefined;
      if (row !== undefined && row.entity === null) {
        row.entity = entity;
        const message = this.messages.get(Number(row.key));
        if (message !== undefined) message.entity = entity;
        this.world.met('a message waited for its record to be linked');
      }
    }
    this.wake(topic);
  }
}

/** Work that a lane's counter has to agree with. */
export function countedWork(store: VirtualStore, entity: string): number {
  let count = store.inbox.get(entity)?.size ?? 0;
  for (const command of store.commands.get(entity)?.values() ?? []) if (!command.parked) count += 1;
  return count;
}
