import type { VirtualStore } from '../virtual-store.ts';
import type { World } from '../world.ts';

/** Lets what a process does next happen only while that process runs. */
export type Gate = { run(action: () => void): void };

/** What may still be executed when its sender has given it up: what takes locks, and so may have to wait. */
const comeLate = ['commit', 'claim', 'intake'];

/**
 * The way to the database and back. A statement may not arrive, its answer may be lost, and what was given up may still be
 * executed later; a restart breaks every connection.
 */
export class DatabaseLink {
  readonly world: World;
  readonly store: VirtualStore;
  isDown = false;
  /** Raised by a restart: answers that were on their way do not come any more. */
  restarts = 0;
  underWay = 0;

  constructor(world: World, store: VirtualStore) {
    this.world = world;
    this.store = store;
  }

  /** Runs `statement` at the database; exactly one of the two continuations follows. */
  call<T>(
    gate: Gate,
    what: string,
    statement: () => T,
    answered: (result: T) => void,
    failed: () => void,
  ): void {
    const { world } = this;
    const { restarts } = this;
    this.underWay += 1;
    const end = (next: () => void): void => {
      this.underWay -= 1;
      gate.run(next);
    };
    world.after(world.delay(), () => {
      if (
        this.isDown ||
        restarts !== this.restarts ||
        world.fault('database', 0.01, `${what} does not reach the database`)
      ) {
        if (what === 'commit') world.met('a commit never arrived and was sent again');
        if (comeLate.includes(what) && world.fault('database', 0.2, `${what} still arrives, late`))
          this.#late(what, statement);
        return world.after(world.delay(), () => end(failed));
      }
      const result = statement();
      const isLost = world.fault(
        'database',
        what === 'commit' || what === 'claim' ? 0.015 : 0.01,
        `answer of ${what} lost`,
      );
      world.after(world.delay(), () =>
        end(isLost || restarts !== this.restarts ? failed : () => answered(result)),
      );
    });
  }

  #late(what: string, statement: () => unknown): void {
    const { world } = this;
    world.after(world.chance.between(10, 9_000), () => {
      if (this.isDown) return;
      world.note(`late ${what} executed`);
      if (what === 'commit') world.met('a commit arrived after its repetition');
      statement();
    });
  }
}
