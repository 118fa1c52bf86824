import { setTimeout as sleep } from 'node:timers/promises';
import type { LaneLoader } from './lane-loader.ts';
import type { Lane } from './lane-rules/lane.ts';

/** Lanes whose new events are to be loaded: all that ask in one turn of the event loop are loaded at once. */
export class ReloadQueue {
  readonly #loader: LaneLoader;
  readonly #onLoaded: (lane: Lane) => void;
  readonly #onFailed: (error: unknown) => void;
  readonly #waiting = new Set<Lane>();

  constructor(loader: LaneLoader, onLoaded: (lane: Lane) => void, onFailed: (error: unknown) => void) {
    this.#loader = loader;
    this.#onLoaded = onLoaded;
    this.#onFailed = onFailed;
  }

  /** Events came for this lane. One that is busy looks by itself once it is idle. */
  add(lane: Lane): void {
    lane.stale = true;
    if (lane.phase !== 'idle') return;
    lane.phase = 'loading';
    this.#waiting.add(lane);
    if (this.#waiting.size === 1) setImmediate(() => void this.#load());
  }
  clear(): void {
    this.#waiting.clear();
  }

  async #load(): Promise<void> {
    const lanes = [...this.#waiting];
    this.#waiting.clear();
    if (lanes.length === 0) return;
    await this.#loader.reload(lanes).catch(async (error: unknown) => {
      this.#onFailed(error);
      await sleep(100);
    });
    for (const lane of lanes) {
      if (lane.phase !== 'loading') continue;
      lane.phase = 'idle';
      this.#onLoaded(lane);
    }
  }
}
