import type { PlatformError } from './platform-error.ts';
import { type Effect, type Failure, withoutAnswer } from './failure.ts';

/** Minutes the daily allocation is left alone once it is used up: it comes back by the hour, over a rolling 24 h window. */
export const dailyLimitPauseMs = 15 * 60_000;
/** Too many calls of 20 s and more at once: they end by themselves. */
const longCallsPauseMs = 10_000;
const storagePauseMs = 15 * 60_000;

type Next = 'lock' | 'busy' | 'session' | 'permission' | 'calls' | 'storage' | 'stale' | 'unknown';

/**
 * What the codes mean for the next step; one that is not listed is the record's own fault: `rejected` with that code.
 * All of these came as an answer, so that the transaction was rolled back, except UNKNOWN_EXCEPTION, of which nobody knows.
 */
const nextByCode: Readonly<Record<string, Next>> = {
  UNABLE_TO_LOCK_ROW: 'lock',
  SERVER_UNAVAILABLE: 'busy',
  QUERY_TIMEOUT: 'busy',
  REQUEST_RUNNING_TOO_LONG: 'busy',
  API_CURRENTLY_DISABLED: 'busy',
  UNSUPPORTED_API_VERSION: 'busy',
  INVALID_SESSION_ID: 'session',
  INVALID_LOGIN: 'session',
  INVALID_AUTH_HEADER: 'session',
  API_DISABLED_FOR_ORG: 'permission',
  INSUFFICIENT_ACCESS: 'permission',
  FUNCTIONALITY_NOT_ENABLED: 'permission',
  REQUEST_LIMIT_EXCEEDED: 'calls',
  STORAGE_LIMIT_EXCEEDED: 'storage',
  CONFLICT: 'lock',
  PRECONDITION_FAILED: 'stale',
  UNKNOWN_EXCEPTION: 'unknown',
  INTERNAL_ERROR: 'unknown',
};

/** What one error of Salesforce means. `externalIdFields` tell a race for our own key from any other duplicate. */
export function outcomeOfError(
  error: PlatformError,
  effect: Effect,
  externalIdFields: readonly string[],
): Failure {
  const detail = `${error.code}: ${error.message}`.slice(0, 500);
  switch (nextOf(error, externalIdFields)) {
    case 'lock':
      return { kind: 'conflict', stale: false, detail };
    case 'stale':
      return { kind: 'conflict', stale: true, detail };
    case 'busy':
      return { kind: 'unavailable', retryAfterMs: null, detail };
    case 'session':
    case 'permission':
      return { kind: 'unauthorized', detail };
    case 'calls':
      return {
        kind: 'rate-limited',
        retryAfterMs: isDailyLimit(error) ? dailyLimitPauseMs : longCallsPauseMs,
        detail,
      };
    case 'storage':
      // The org's budget, not this record's fault: the next order would fail as well.
      return { kind: 'rate-limited', retryAfterMs: storagePauseMs, detail };
    case 'unknown':
      return withoutAnswer(effect, detail);
    case null:
      return {
        kind: 'rejected',
        code: error.code,
        detail,
        ...(error.fields[0] !== undefined && { field: error.fields[0] }),
      };
  }
}

/** Daily: "TotalRequests Limit exceeded."; long calls: "ConcurrentPerOrgLongTxn Limit exceeded." Same code, same status. */
export const isDailyLimit = (error: PlatformError): boolean =>
  error.code === 'REQUEST_LIMIT_EXCEEDED' && !/concurrent/i.test(error.message);

function nextOf(error: PlatformError, externalIdFields: readonly string[]): Next | null {
  const listed = Object.hasOwn(nextByCode, error.code) ? nextByCode[error.code] : undefined;
  if (listed !== undefined) return listed;
  // A trigger that met a lock reports its own failure and the lock inside the text.
  if (error.message.includes('UNABLE_TO_LOCK_ROW')) return 'lock';
  // Two inserts of one key: the other one won, and the next attempt finds its record.
  if (
    error.code === 'DUPLICATE_VALUE' &&
    externalIdFields.some((field) => error.message.includes(field) || error.fields.includes(field))
  )
    return 'lock';
  // A price book entry that another worker made meanwhile; it comes under either code.
  if (error.message.includes('This price definition already exists in this price book')) return 'lock';
  return null;
}
