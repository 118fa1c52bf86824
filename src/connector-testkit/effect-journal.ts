import { closeSync, openSync, writeSync } from 'node:fs';
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
  close(): void;
};

/** Appends to memory and, where a file is named, to it as one JSON object a line, written before the answer leaves. */
export function effectJournal(file: string | null): EffectJournal {
  const effects: Effect[] = [];
  const descriptor = file === null ? null : openSync(file, 'a');
  return {
    effects,
    record(type, key, data) {
      const effect: Effect = { seq: effects.length + 1, at: new Date().toISOString(), type, key, data };
      effects.push(effect);
      if (descriptor !== null) writeSync(descriptor, `${JSON.stringify(effect)}\n`);
      return effect;
    },
    counts(type) {
      const counts = new Map<string, number>();
      for (const effect of effects)
        if (effect.type === type) counts.set(effect.key, (counts.get(effect.key) ?? 0) + 1);
      return counts;
    },
    close() {
      if (descriptor !== null) closeSync(descriptor);
    },
  };
}
