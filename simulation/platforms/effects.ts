import type { Json } from '#canonical/json.ts';
import type { VirtualStore } from '../virtual-store.ts';
import type { World } from '../world.ts';

export type Effect = {
  readonly connection: string;
  readonly entity: string;
  readonly number: number;
  readonly slot: string;
  readonly bytes: Json;
  readonly mayRepeat: boolean;
  /** Records that no other command may touch meanwhile. */
  readonly conflictKeys: readonly string[];
};

/** Ground truth: what took effect at the platforms, in the order in which it did. Judged as it comes. */
export class EffectJournal {
  readonly #world: World;
  readonly #store: VirtualStore;
  readonly #bytes = new Map<string, Json>();
  /** Those that a repetition does not make good. */
  readonly #once = new Set<string>();
  readonly #lastInLane = new Map<string, number>();
  readonly #lastInSlot = new Map<string, number>();

  constructor(world: World, store: VirtualStore) {
    this.#world = world;
    this.#store = store;
  }

  has(entity: string, number: number): boolean {
    return this.#once.has(`${entity} ${number}`);
  }

  record(effect: Effect): void {
    const { connection, entity, number, slot, bytes } = effect;
    const what = `${connection} ${entity} #${number} ${slot}`;
    this.#world.note(`EFFECT ${what}`);
    const key = `${entity} ${number}`;
    const before = this.#bytes.get(key);
    if (before !== undefined && !effect.mayRepeat) this.#world.violated('one command has one effect', what);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(bytes))
      this.#world.violated('a repetition carries the same bytes', what);
    this.#bytes.set(key, bytes);
    if (!effect.mayRepeat) this.#checkNotGivenUp(effect, what);
    this.#checkKeys(effect, what);
    const lane = `${entity} ${connection}`;
    const last = this.#lastInLane.get(lane) ?? 0;
    if (number < last && !this.#store.stoodStill.has(key))
      this.#world.violated('effects come in the order of their commands', `${what} after #${last}`);
    const lastInSlot = this.#lastInSlot.get(`${lane} ${slot}`) ?? 0;
    if (number < lastInSlot)
      this.#world.violated('an older command never overwrites a newer one', `${what} after #${lastInSlot}`);
    this.#lastInLane.set(lane, Math.max(last, number));
    this.#lastInSlot.set(`${lane} ${slot}`, number);
  }

  /** Whoever touches a record holds its key, also when its effect comes late. */
  #checkKeys({ connection, entity, number, conflictKeys }: Effect, what: string): void {
    for (const key of conflictKeys) {
      const hold = this.#store.holds.get(`${connection} ${key}`);
      if (hold?.entity === entity && hold.number === number) continue;
      const holder = hold === undefined ? 'nobody' : `${hold.entity} #${hold.number}`;
      this.#world.violated('who touches a record holds its key', `${what}: ${key} is held by ${holder}`);
    }
  }

  /** Nobody may have taken it for one without effect, neither the journal nor, hence, the process. */
  #checkNotGivenUp({ entity, number }: Effect, what: string): void {
    this.#once.add(`${entity} ${number}`);
    const row = this.#store.commands.get(entity)?.get(number);
    const done = this.#store.done.get(entity)?.find((one) => one.number === number);
    const isGivenUp =
      row?.state === 'pending' ||
      (done !== undefined && done.outcome !== 'done' && done.outcome !== 'resolved');
    if (isGivenUp)
      this.#world.violated(
        'what may still have an effect is not given up',
        `${what}: ${row?.state ?? done?.outcome ?? ''}`,
      );
  }
}
