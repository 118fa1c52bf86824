import { closeSync, fdatasync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import type { Json } from '#canonical/json.ts';

/** Something that really took effect in an emulated platform: the ground truth that checks count. */
export type Effect = {
  /** Position in the journal, from 1. */
  readonly seq: number;
  readonly at: string;
  /** What happened, e.g. `sale.created`. */
  readonly type: string;
  /** The business key it happened to, e.g. the shop's order id as the platform stores it. */
  readonly key: string;
  readonly data: Json;
};

export type EffectJournal = {
  record(type: string, key: string, data: Json): Effect;
  readonly effects: readonly Effect[];
  /** How often each key had this effect. */
  counts(type: string): ReadonlyMap<string, number>;
  /** Resolves when everything recorded so far would survive a loss of power; at once where that was not asked for. */
  synced(): Promise<void>;
  close(): void;
};

/**
 * Appends to memory and, where a file is named, to it as one JSON object a line, written before the answer leaves. With `sync` whoever answers
 * waits for `synced`: one fdatasync serves all that were recorded before it began.
 */
export function effectJournal(
  file: string | null,
  { sync = false }: { readonly sync?: boolean } = {},
): EffectJournal {
  const effects: Effect[] = [];
  const descriptor = file === null ? null : openSync(file, 'a');
  const batches = descriptor !== null && sync ? syncBatches(descriptor) : null;
  return {
    effects,
    record(type, key, data) {
      const effect: Effect = { seq: effects.length + 1, at: new Date().toISOString(), type, key, data };
      effects.push(effect);
      if (descriptor !== null) writeSync(descriptor, `${JSON.stringify(effect)}\n`);
      batches?.written();
      return effect;
    },
    counts(type) {
      const counts = new Map<string, number>();
      for (const effect of effects)
        if (effect.type === type) counts.set(effect.key, (counts.get(effect.key) ?? 0) + 1);
      return counts;
    },
    synced: () => batches?.synced() ?? Promise.resolve(),
    close() {
      if (descriptor === null) return;
      batches?.end();
      closeSync(descriptor);
    },
  };
}

/** Syncs a file in batches: at most one fdatasync is under way, and what is written meanwhile waits for the next. */
function syncBatches(descriptor: number) {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let isDirty = false;
  let isOver = false;
  const begin = (): Promise<void> => {
    isDirty = false;
    running = new Promise<void>((resolve, reject) => {
      if (isOver) return resolve();
      fdatasync(descriptor, (error) => {
        running = null;
        // Closed meanwhile: the end has synced it.
        if (error === null || isOver) resolve();
        else reject(error);
      });
    });
    return running;
  };
  return {
    written(): void {
      isDirty = true;
    },
    synced(): Promise<void> {
      if (!isDirty) return next ?? running ?? Promise.resolve();
      if (running === null) return begin();
      next ??= running.then(() => {
        next = null;
        return begin();
      });
      return next;
    },
    end(): void {
      isOver = true;
      fdatasyncSync(descriptor);
    },
  };
}
