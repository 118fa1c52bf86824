import { z } from 'zod';
import type { Json } from '#canonical/json.ts';
import { parseJsonLossless } from '#connector-sdk/json-lossless.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import type { HttpResult } from '#connector-sdk/services.ts';

export type FailureOutcome = Exclude<Outcome, { kind: 'done' | 'accepted' }>;

/** What one JSON-RPC call came to: a result, a session that is no longer known, or what happens next. */
export type Answer =
  | { readonly kind: 'result'; readonly value: Json }
  | { readonly kind: 'session-refused' }
  | { readonly kind: 'failed'; readonly outcome: FailureOutcome };

const failed = (outcome: FailureOutcome): Answer => ({ kind: 'failed', outcome });

/** PostgreSQL's words when somebody else holds the row; they come untranslated through psycopg2. */
const lockedElsewhere =
  /could not obtain lock on|could not serialize access|deadlock detected|canceling statement due to lock timeout/;
/** Python's KeyError (an unknown field or model) prints as the quoted name alone. */
const unknownName = /^'[^'\s]+'$/;

const envelopeSchema = z.union([
  z.strictObject({ id: z.json(), result: z.json() }),
  z.strictObject({ id: z.json(), error: z.json() }),
]);
const userErrorSchema = z.tuple([
  z.literal('UserError'),
  z.tuple([z.string(), z.string().nullable(), z.json()]),
]);
const userWarningSchema = z.tuple([
  z.literal('UserWarning'),
  z.tuple([z.string(), z.string(), z.string().nullable()]),
]);
const concurrencySchema = z.tuple([z.literal('ConcurrencyException'), z.string()]);
const otherSchema = z.tuple([z.string(), z.string()]);

/**
 * Says what an answer means. `writes`: whether the call may have changed something, so that a lost answer leaves it open.
 * The text of UserError and UserWarning is for the operator; nothing is decided by it.
 */
export function readAnswer(result: HttpResult, method: string, writes: boolean): Answer {
  if (result.kind === 'not-sent')
    return failed({ kind: 'unavailable', retryAfterMs: null, detail: `${method}: ${result.detail}` });
  if (result.kind === 'lost') return failed(unanswered(writes, `${method}: ${result.detail}`));
  if (result.status !== 200) return readStatus(result, method, writes);

  const envelope = envelopeSchema.safeParse(parsed(result.body));
  if (!envelope.success) return failed(unanswered(writes, `${method}: HTTP 200 without a JSON-RPC envelope`));
  return 'result' in envelope.data
    ? { kind: 'result', value: envelope.data.result }
    : failed(readError(envelope.data.error, method, writes));
}

function readStatus(
  { status, headers }: Extract<HttpResult, { kind: 'response' }>,
  method: string,
  writes: boolean,
): Answer {
  const detail = `${method}: HTTP ${status}`;
  switch (status) {
    case 401:
      return { kind: 'session-refused' };
    case 403:
      return failed({
        kind: 'rejected',
        code: 'method-refused',
        detail: `${detail}: Tryton does not offer this method to remote callers`,
        field: method,
      });
    case 404:
      return failed({ kind: 'unauthorized', detail: `${detail}: there is no such database` });
    case 429:
      return failed({ kind: 'rate-limited', retryAfterMs: retryAfterMs(headers), detail });
    case 400:
    case 413:
    case 415:
      return failed({ kind: 'rejected', code: 'bad-request', detail });
    default:
      return failed(
        status === 503
          ? { kind: 'unavailable', retryAfterMs: retryAfterMs(headers), detail }
          : unanswered(writes, detail),
      );
  }
}

function readError(error: Json, method: string, writes: boolean): FailureOutcome {
  const userError = userErrorSchema.safeParse(error);
  if (userError.success) {
    const [message, description] = userError.data[1];
    return {
      kind: 'rejected',
      code: 'user-error',
      detail: description ? `${message} ${description}` : message,
    };
  }
  const warning = userWarningSchema.safeParse(error);
  if (warning.success)
    return {
      kind: 'rejected',
      code: 'needs-confirmation',
      detail: warning.data[1][1],
      field: warning.data[1][0],
    };
  const concurrency = concurrencySchema.safeParse(error);
  // Only a `_timestamp` that no longer fits raises it: what we decided on has changed.
  if (concurrency.success) return { kind: 'conflict', stale: true, detail: concurrency.data[1] };

  const other = otherSchema.safeParse(error);
  const message = other.success ? other.data[0].trim() : 'an error of unknown shape';
  if (lockedElsewhere.test(message)) return { kind: 'conflict', stale: false, detail: message };
  if (unknownName.test(message))
    return {
      kind: 'rejected',
      code: 'unknown-name',
      detail: `${method}: Tryton knows no ${message}; is its module active?`,
    };
  return unanswered(writes, `${method}: ${message.slice(0, 500)}`);
}

const unanswered = (writes: boolean, detail: string): FailureOutcome =>
  writes ? { kind: 'outcome-unknown', detail } : { kind: 'unavailable', retryAfterMs: null, detail };

function parsed(body: string): unknown {
  try {
    return parseJsonLossless(body);
  } catch {
    return undefined;
  }
}

function retryAfterMs(headers: Readonly<Record<string, string>>): number | null {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}
