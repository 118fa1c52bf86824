import type { Call } from './connector.ts';

/** A call outside the engine (tools, tests): it gives itself a deadline and, unless one is named, a key of its own. */
export function newCall(options: {
  readonly timeoutMs: number;
  readonly idempotencyKey?: string;
  readonly attempt?: number;
  readonly signal?: AbortSignal;
  readonly nowMs?: number;
}): Call {
  return {
    idempotencyKey: options.idempotencyKey ?? crypto.randomUUID(),
    attempt: options.attempt ?? 1,
    deadlineMs: (options.nowMs ?? Date.now()) + options.timeoutMs,
    signal: options.signal ?? new AbortController().signal,
  };
}
