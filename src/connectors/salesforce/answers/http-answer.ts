import type { Json } from '#canonical/json.ts';
import { parseJsonLossless } from '#connector-sdk/json-lossless.ts';
import { type Effect, failed, type Failure, got, type Reply, withoutAnswer } from './failure.ts';
import { outcomeOfError } from './outcome-of-error.ts';
import { readErrorBody } from './platform-error.ts';

/** The body of a successful answer (null for 204), or what the failure means. Never throws, whatever the platform sends. */
export function readHttpAnswer(
  status: number,
  body: string,
  effect: Effect,
  externalIdFields: readonly string[],
): Reply<Json> {
  const json = parseBody(body);
  if (status >= 200 && status < 300) {
    return json === undefined
      ? failed(withoutAnswer(effect, `HTTP ${status}: unreadable answer: $: not JSON`))
      : got(json);
  }
  return failed(failureOfStatus(status, json, effect, externalIdFields));
}

/** What an answer (of a call, or of a part of a composite) with a status other than 2xx means. */
export function failureOfStatus(
  status: number,
  json: Json | undefined,
  effect: Effect,
  externalIdFields: readonly string[],
): Failure {
  // Several records carry the external id: the field is not unique.
  if (status === 300) {
    const matches = Array.isArray(json) ? json.length : 'several';
    return {
      kind: 'rejected',
      code: 'ambiguous-external-id',
      detail: `${matches} records match the external id`,
    };
  }
  const error = json === undefined ? undefined : readErrorBody(json)?.[0];
  if (error !== undefined) return outcomeOfError(error, effect, externalIdFields);
  return failureWithoutCode(status, effect);
}

/** A status without Salesforce's error body: from a proxy, a load balancer, or Salesforce in trouble. */
function failureWithoutCode(status: number, effect: Effect): Failure {
  const detail = `HTTP ${status} without an error body of Salesforce`;
  if (status === 401 || status === 403) return { kind: 'unauthorized', detail };
  if (status === 409 || status === 412) return { kind: 'conflict', stale: status === 412, detail };
  // 410: the API version is retired; 420: the core app is overloaded. Both refuse before they do anything.
  if (status === 410 || status === 420 || status === 429)
    return { kind: 'unavailable', retryAfterMs: null, detail };
  if (status >= 400 && status < 500) return { kind: 'rejected', code: `http-${status}`, detail };
  return withoutAnswer(effect, detail);
}

function parseBody(body: string): Json | undefined {
  if (body.trim() === '') return null;
  try {
    return parseJsonLossless(body);
  } catch {
    return undefined;
  }
}
