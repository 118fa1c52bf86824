import type { SeededRandom } from '#connector-testkit/seeded-random.ts';
import type { Release } from './worker/order-processes.ts';
import type { VirtualWorker } from './worker/virtual-worker.ts';
import type { World } from './world.ts';

/** The workers of a run, each in a place of its own: one that is killed or replaced has a successor there. */
export class Fleet {
  readonly workers: VirtualWorker[] = [];
  readonly #releases: Release[] = [];
  readonly #start: (name: string, release: Release) => VirtualWorker;

  constructor(places: number, start: (name: string, release: Release) => VirtualWorker) {
    this.#start = start;
    for (let place = 0; place < places; place += 1) {
      this.#releases.push('old');
      this.workers.push(start(`w${place + 1}`, 'old'));
    }
  }

  /** A worker that is gone comes back, in the release that its place runs now. */
  restart(place: number): void {
    const name = this.workers[place]?.name ?? 'w';
    this.workers[place] = this.#start(`${name}'`, this.#releases[place] ?? 'old');
  }

  /** Replaces a worker by one of another release: after it has stopped, or at once, the old one ending beside the new one. */
  replace(place: number, release: Release, isSurge: boolean): void {
    const worker = this.workers[place];
    this.#releases[place] = release;
    // One that was killed comes back in its new release anyway.
    if (worker === undefined || worker.isDead) return;
    if (isSurge) this.restart(place);
    worker.stop(() => {
      if (!isSurge && this.workers[place] === worker) this.restart(place);
    });
  }
}

/**
 * A second version of the order process ships while orders of the first one are under way: worker by worker. Now and then the first
 * of them knows only the new version, by mistake; now and then one goes back to the old version before all go on.
 */
export function rollOut(world: World, fleet: Fleet, draw: SeededRandom): void {
  if (draw.next() < 0.4) return;
  const { workers } = fleet;
  const turns: { readonly place: number; readonly release: Release }[] = [];
  if (draw.next() < 0.5) turns.push({ place: 0, release: 'new' });
  turns.push(...workers.map((_, place) => ({ place, release: 'both' as const })));
  if (draw.next() < 0.4) {
    const place = draw.between(0, workers.length - 1);
    turns.push({ place, release: 'old' }, { place, release: 'both' });
  }
  const isSurge = draw.next() < 0.5;
  let atMs = draw.between(2_000, 15_000);
  for (const { place, release } of turns) {
    world.after(atMs, () => {
      world.note(`${workers[place]?.name ?? ''} is replaced by one that knows ${release}`);
      if (release === 'old') world.met('a release was rolled back');
      fleet.replace(place, release, isSurge);
    });
    atMs += draw.between(300, 5_000);
  }
}
