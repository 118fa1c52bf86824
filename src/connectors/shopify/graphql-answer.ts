import { z } from 'zod';
import type { Json } from '#canonical/json.ts';
import { parseJsonLossless } from '#connector-sdk/json-lossless.ts';
import { pathText } from '#connector-sdk/mapping.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import type { HttpResult } from '#connector-sdk/services.ts';
import type { Operation } from './queries/operation.ts';
import type { UserErrors } from './queries/user-errors.ts';

/** A call that did not bring what was asked for, as the outcome that says what happens next. */
export type Failure = Exclude<Outcome, { kind: 'done' | 'accepted' | 'unmappable' }>;
export type Answer<Data> = { readonly kind: 'answer'; readonly data: Data } | Failure;

/** The shop's budget as an answer reports it. Points, points a second. */
export type Budget = {
  readonly available: number;
  readonly capacity: number;
  readonly refillPerSecond: number;
};

const throttleStatus = z.object({
  maximumAvailable: z.number(),
  currentlyAvailable: z.number(),
  restoreRate: z.number(),
});
const envelope = z.object({
  data: z.json().optional(),
  errors: z
    .union([
      z.array(
        z.object({ message: z.string(), extensions: z.object({ code: z.string().optional() }).optional() }),
      ),
      z.string(),
    ])
    .optional(),
  extensions: z
    .object({ cost: z.object({ requestedQueryCost: z.number().nullish(), throttleStatus }).optional() })
    .optional(),
});

export type Interpretation<Data> = { readonly answer: Answer<Data>; readonly budget: Budget | null };

/** Seconds of a Retry-After header, in milliseconds; null where there is none. */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | null {
  const seconds = Number(headers['retry-after']);
  return headers['retry-after'] !== undefined && Number.isFinite(seconds) && seconds >= 0
    ? Math.ceil(seconds * 1000)
    : null;
}

/** Turns whatever came back into an answer or an outcome. Pure; repeats nothing of the request, so no secret can leak. */
export function interpret<Data>(
  operation: Operation<Data>,
  result: HttpResult,
  apiVersion: string,
): Interpretation<Data> {
  const lost = (detail: string): Failure =>
    operation.kind === 'mutation'
      ? { kind: 'outcome-unknown', detail }
      : { kind: 'unavailable', retryAfterMs: null, detail };
  const only = (answer: Answer<Data>): Interpretation<Data> => ({ answer, budget: null });

  if (result.kind === 'not-sent')
    return only({ kind: 'unavailable', retryAfterMs: null, detail: result.detail });
  if (result.kind === 'lost') return only(lost(`no whole answer: ${result.detail}`));
  if (result.status !== 200) return only(httpFailure(result.status, result.headers, lost));

  const parsed = envelope.safeParse(jsonOrNull(result.body));
  if (!parsed.success) return only(lost('answered 200 with a body that is no GraphQL answer'));
  const { data, errors, extensions } = parsed.data;
  const status = extensions?.cost?.throttleStatus;
  const budget = status
    ? {
        available: status.currentlyAvailable,
        capacity: status.maximumAvailable,
        refillPerSecond: status.restoreRate,
      }
    : null;
  const about = (answer: Answer<Data>): Interpretation<Data> => ({ answer, budget });

  if (errors !== undefined && errors.length > 0) {
    return about(
      graphqlFailure(errors, data === undefined, extensions?.cost?.requestedQueryCost ?? null, budget, lost),
    );
  }
  const version = result.headers['x-shopify-api-version'];
  if (version !== apiVersion && operation.kind === 'query') {
    const detail = `served by API version ${version ?? 'unknown'} instead of ${apiVersion}: the configured version may have expired`;
    return about({ kind: 'unavailable', retryAfterMs: null, detail });
  }
  const read = operation.data.safeParse(data);
  if (read.success) return about({ kind: 'answer', data: read.data });
  const where = read.error.issues
    .map(({ path, message }) => `${pathText(path)}: ${message}`)
    .slice(0, 3)
    .join('; ');
  return about(lost(`${operation.name} answered in another shape than documented: ${where}`));
}

/** Layer 1: HTTP. A refusal before the query ran has no effect; a 5xx of a write may have had one. */
function httpFailure(
  status: number,
  headers: Readonly<Record<string, string>>,
  lost: (detail: string) => Failure,
): Failure {
  const detail = `HTTP ${status}`;
  if (status === 401) return { kind: 'unauthorized', detail: `${detail}: the access token is not accepted` };
  if (status === 402)
    return {
      kind: 'unauthorized',
      detail: `${detail}: the shop is frozen; its owner must settle the account with Shopify`,
    };
  if (status === 403)
    return { kind: 'unauthorized', detail: `${detail}: the app lacks permission, or the shop is closed` };
  if (status === 404) return { kind: 'unauthorized', detail: `${detail}: no such shop or API version` };
  if (status === 423)
    return {
      kind: 'unavailable',
      retryAfterMs: retryAfterMs(headers) ?? 60_000,
      detail: `${detail}: the shop is locked`,
    };
  if (status === 429 || status === 430)
    return { kind: 'rate-limited', retryAfterMs: retryAfterMs(headers), detail };
  if (status >= 500) return lost(detail);
  if (status >= 300 && status < 400)
    return { kind: 'unauthorized', detail: `${detail}: the shop answers at another address` };
  return { kind: 'rejected', code: `http-${status}`, detail };
}

/** Layer 2: `errors` of an answer that came as 200. */
function graphqlFailure(
  errors:
    | string
    | readonly {
        readonly message: string;
        readonly extensions?: { readonly code?: string | undefined } | undefined;
      }[],
  neverRan: boolean,
  requestedCost: number | null,
  budget: Budget | null,
  lost: (detail: string) => Failure,
): Failure {
  if (typeof errors === 'string') return { kind: 'rejected', code: 'graphql-error', detail: errors };
  const codes = errors.map(({ extensions }) => extensions?.code ?? null);
  const detail = errors
    .map(({ message }) => message)
    .join('; ')
    .slice(0, 500);
  if (codes.includes('THROTTLED'))
    return { kind: 'rate-limited', retryAfterMs: throttledForMs(requestedCost, budget), detail };
  if (codes.includes('ACCESS_DENIED')) return { kind: 'unauthorized', detail };
  if (codes.includes('MAX_COST_EXCEEDED')) return { kind: 'rejected', code: 'max-cost-exceeded', detail };
  // Without `data` the document was refused before anything ran; with it (even null) something may have.
  if (neverRan && !codes.includes('INTERNAL_SERVER_ERROR') && !codes.includes('TIMEOUT')) {
    return {
      kind: 'rejected',
      code: (codes[0] ?? 'graphql-error').toLowerCase().replaceAll('_', '-'),
      detail,
    };
  }
  return lost(detail);
}

/** How long until the query fits: (requested - available) / restore rate. */
function throttledForMs(requestedCost: number | null, budget: Budget | null): number | null {
  if (requestedCost === null || budget === null || budget.refillPerSecond <= 0) return null;
  return Math.max(0, Math.ceil(((requestedCost - budget.available) / budget.refillPerSecond) * 1000));
}

/** Layer 3: `userErrors` mean that a mutation did nothing. */
export function userErrorOutcome(errors: UserErrors): Extract<Failure, { kind: 'rejected' }> | null {
  const [first] = errors;
  if (first === undefined) return null;
  const field = first.field?.join('.');
  return {
    kind: 'rejected',
    code: first.code?.toLowerCase().replaceAll('_', '-') ?? 'user-error',
    detail: errors
      .map(({ message }) => message)
      .join('; ')
      .slice(0, 500),
    ...(field !== undefined && { field }),
  };
}

function jsonOrNull(text: string): Json {
  try {
    return parseJsonLossless(text);
  } catch {
    return null;
  }
}
