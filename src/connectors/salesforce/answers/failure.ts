import type { Outcome } from '#connector-sdk/outcome.ts';

/** Every outcome of a call that did not bring what was asked for. */
export type Failure = Exclude<Outcome, { kind: 'done' | 'accepted' | 'unmappable' }>;

/** A value, or why there is none. */
export type Reply<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export const got = <T>(value: T): Reply<T> => ({ ok: true, value });
export const failed = (failure: Failure): { readonly ok: false; readonly failure: Failure } => ({
  ok: false,
  failure,
});

/** Whether the call could change something: a lost answer of one that could not is harmless. */
export type Effect = 'read' | 'write';

/** No usable answer came back although the request may have been carried out. */
export const withoutAnswer = (effect: Effect, detail: string): Failure =>
  effect === 'write'
    ? { kind: 'outcome-unknown', detail }
    : { kind: 'unavailable', retryAfterMs: null, detail };
