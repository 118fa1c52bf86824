import { z } from 'zod';
import type { Json } from '#canonical/json.ts';
import { parseJsonLossless } from '#connector-sdk/json-lossless.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import { retryAfterMs } from '#connector-sdk/rate-limit-headers.ts';
import type { HttpResult } from '#connector-sdk/services.ts';
import { clockSkewWord } from './clock-skew.ts';

export type FailureOutcome = Exclude<Outcome, { kind: 'done' | 'accepted' }>;

/** What one request came to: an answer, a record that is not there, a login that no longer holds, or what happens next. */
export type Answer =
  | { readonly kind: 'answered'; readonly location: string | null; readonly body: Json }
  | { readonly kind: 'missing'; readonly detail: string }
  | { readonly kind: 'login-refused'; readonly detail: string }
  | { readonly kind: 'duplicate'; readonly detail: string }
  | { readonly kind: 'failed'; readonly outcome: FailureOutcome };

const problemSchema = z.object({
  'o:errorDetails': z
    .array(
      z.object({
        detail: z.string().optional(),
        'o:errorCode': z.string().optional(),
        'o:errorPath': z.string().optional(),
      }),
    )
    .min(1),
});

/** What a custom form, or a script, insists on (K): the account's own word for a field that is empty. */
const mandatoryField = /Please enter value\(s\) for:?\s*(?<fields>[^.]+)/;

/** The account's slots or its windows of 60 s and 24 h are used up. The exact codes of REST are not published, so any of the family counts. */
const overLimit = /REQUEST_LIMIT_EXCEEDED|CONCURRENCY_LIMIT_EXCEEDED|CONCURRENT_REQUEST/;
/** Somebody saved the record between our read and our write, a script of the account perhaps. */
const changedMeanwhile = /^RCRD_HAS_BEEN_CHANGED$|^RCRD_LOCKED_BY_WF$|^COLLISION/;
const changedText = /record has been changed/i;
const nonexistent = /^(?:NONEXISTENT_ID|RCRD_DSNT_EXIST|INVALID_KEY_OR_REF)$/;
const duplicated = /^(?:DUP_RCRD|DUP_ENTITY|DUP_VENDOR_NAME|UNIQUE_CUST_ID_REQD|EXTERNAL_ID_EXISTS)$/;

/** Says what an answer means. `writes`: whether the request may have changed something, so that a lost answer leaves it open. */
export function readAnswer(result: HttpResult, what: string, writes: boolean, nowMs: number): Answer {
  if (result.kind === 'not-sent')
    return failed({ kind: 'unavailable', retryAfterMs: null, detail: `${what}: ${result.detail}` });
  if (result.kind === 'lost') return failed(unanswered(writes, `${what}: ${result.detail}`));
  const { status, headers } = result;
  const body = parsed(result.body);
  if (status >= 200 && status < 300) {
    // A reading without its JSON was cut off on the way by a gateway.
    if (body === undefined) return failed(unanswered(writes, `${what}: HTTP ${status} that is not JSON`));
    return { kind: 'answered', location: headers['location'] ?? null, body };
  }
  const problem = problemSchema.safeParse(body);
  const [error] = problem.success ? problem.data['o:errorDetails'] : [];
  const code = error?.['o:errorCode'] ?? '';
  const said = `${what}: HTTP ${status}${code === '' ? '' : ` ${code}`}${error?.detail === undefined ? '' : `: ${error.detail}`}`;
  const detail = said.slice(0, 500);

  if (status === 429 || overLimit.test(code))
    return failed({ kind: 'rate-limited', retryAfterMs: retryAfterMs(headers, nowMs), detail });
  if (status === 401 || code.startsWith('INVALID_LOGIN'))
    return { kind: 'login-refused', detail: `${detail}${clockSkewWord(result, nowMs)}` };
  if (status === 403) return failed({ kind: 'unauthorized', detail });
  if (status === 503)
    return failed({ kind: 'unavailable', retryAfterMs: retryAfterMs(headers, nowMs), detail });
  if (status >= 500 || status < 400) return failed(unanswered(writes, detail));
  if (changedMeanwhile.test(code) || changedText.test(error?.detail ?? ''))
    return failed({ kind: 'conflict', stale: false, detail });
  if (duplicated.test(code)) return { kind: 'duplicate', detail };
  const field =
    error?.['o:errorPath'] ?? mandatoryField.exec(error?.detail ?? '')?.groups?.['fields']?.trim();
  if (status === 404 || (nonexistent.test(code) && field === undefined)) return { kind: 'missing', detail };
  return failed({
    kind: 'rejected',
    code: mandatoryField.test(error?.detail ?? '')
      ? 'mandatory-field'
      : code === ''
        ? 'bad-request'
        : code.toLowerCase().replaceAll('_', '-'),
    detail,
    ...(field !== undefined && { field }),
  });
}

const failed = (outcome: FailureOutcome): Answer => ({ kind: 'failed', outcome });

const unanswered = (writes: boolean, detail: string): FailureOutcome =>
  writes ? { kind: 'outcome-unknown', detail } : { kind: 'unavailable', retryAfterMs: null, detail };

/** An empty body, as every 204 has, is null; undefined is no JSON at all. */
function parsed(text: string): Json | undefined {
  if (text.trim() === '') return null;
  try {
    return parseJsonLossless(text);
  } catch {
    return undefined;
  }
}
