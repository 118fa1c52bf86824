import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '#canonical/json.ts';
import { newCall } from '#connector-sdk/call.ts';
import type { Call, CommandHandler } from '#connector-sdk/connector.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';

/** Any command's handler: the caller keeps request and client in step with it. */
// oxlint-disable-next-line typescript/no-explicit-any -- a request is known to its own handler alone
export type AnyHandler = CommandHandler<any, any, any>;

export type Delivery = {
  readonly outcome: Outcome;
  /** How often `send` ran. */
  readonly attempts: number;
  /** Everything that send, find and check said, in order. */
  readonly history: readonly Outcome[];
};

/**
 * Delivers one request as the engine does, with one difference: after an outcome that nobody knows it waits `settledMs`
 * instead of the handler's settleMs + searchLagMs, so that an emulator can play both in small. Ends with the first outcome
 * that is not tried again, or after `maxAttempts`.
 */
export async function deliver(
  handler: AnyHandler,
  request: Json,
  client: unknown,
  options: {
    readonly key: string;
    readonly settledMs: number;
    /** Of the first attempt; the later ones have the handler's own. */ readonly firstTimeoutMs?: number;
    readonly maxAttempts?: number;
  },
): Promise<Delivery> {
  const history: Outcome[] = [];
  const asksFirst = handler.safety.kind === 'lookup-first';
  let attempt = 0;
  let rounds = 0;
  const call = (): Call => {
    const timeoutMs = rounds === 1 ? (options.firstTimeoutMs ?? handler.timeoutMs) : handler.timeoutMs;
    return newCall({ timeoutMs, idempotencyKey: options.key, attempt: Math.max(attempt, 1) });
  };
  const ended = (outcome: Outcome): Delivery => ({ outcome, attempts: attempt, history });

  for (;;) {
    rounds += 1;
    if (asksFirst) {
      const found = (await handler.find?.(request, call(), client)) ?? { kind: 'absent' as const };
      if (found.kind === 'found') return ended(await followed(found.outcome));
      if (found.kind !== 'absent') {
        history.push(found);
        if (rounds >= (options.maxAttempts ?? 5)) return ended(found);
        await sleep(5);
        continue;
      }
    }
    attempt += 1;
    const outcome = await followed(await handler.send(request, call(), client));
    if (!goesOn(outcome) || rounds >= (options.maxAttempts ?? 5)) return ended(outcome);
    if (outcome.kind === 'outcome-unknown' && handler.safety.kind === 'unsafe') return ended(outcome);
    await sleep(outcome.kind === 'outcome-unknown' ? options.settledMs : 5);
  }

  /** Asks on until an accepted request has become something else. */
  async function followed(first: Outcome): Promise<Outcome> {
    let outcome = first;
    history.push(outcome);
    for (
      let asked = 0;
      outcome.kind === 'accepted' && handler.check !== undefined && asked < 50;
      asked += 1
    ) {
      await sleep(Math.min(outcome.checkAfterMs, 20));
      const { handle } = outcome;
      const answer: Outcome = await handler.check(handle, request, call(), client);
      history.push(answer);
      // A question without an answer leaves the request accepted.
      outcome = answer.kind === 'unavailable' || answer.kind === 'rate-limited' ? outcome : answer;
    }
    return outcome;
  }
}

const goesOn = ({ kind }: Outcome): boolean =>
  kind === 'outcome-unknown' || kind === 'unavailable' || kind === 'rate-limited' || kind === 'conflict';
