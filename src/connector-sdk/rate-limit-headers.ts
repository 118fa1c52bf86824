/** Names in lower case, as `HttpResult` has them. */
type Headers = Readonly<Record<string, string>>;

/** What an answer says about the caller's budget; null = not said. */
export type RateLimitState = {
  readonly available: number;
  readonly capacity: number | null;
  /** Until the budget is whole again. */
  readonly resetAfterMs: number | null;
};

/** `Retry-After` (RFC 9110, 10.2.3) in milliseconds: seconds or an HTTP date; null where absent or not understood. */
export function retryAfterMs(headers: Headers, nowMs: number): number | null {
  const text = headers['retry-after']?.trim();
  if (text === undefined || text === '') return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000); // some platforms write fractions
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

/**
 * The tightest budget that an answer names: `RateLimit` with `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers,
 * 08 and later), `RateLimit-Remaining` (07 and earlier) or `X-RateLimit-Remaining`; null where none does.
 */
export function rateLimitState(headers: Headers, nowMs: number): RateLimitState | null {
  const states = [
    ...fromList(headers),
    ...fromTriple(headers, 'ratelimit', nowMs),
    ...fromTriple(headers, 'x-ratelimit', nowMs),
  ];
  return states.reduce<RateLimitState | null>(
    (tightest, state) => (tightest === null || state.available < tightest.available ? state : tightest),
    null,
  );
}

/** `RateLimit: "burst";r=37;t=12` with `RateLimit-Policy: "burst";q=100;w=60`. */
function fromList(headers: Headers): RateLimitState[] {
  const policies = items(headers['ratelimit-policy']);
  return items(headers['ratelimit']).flatMap(({ name, parameters }) => {
    const available = whole(parameters.get('r'));
    if (available === null) return [];
    const resetS = whole(parameters.get('t'));
    const policy = policies.find((candidate) => candidate.name === name);
    return [
      {
        available,
        capacity: whole(policy?.parameters.get('q')),
        resetAfterMs: resetS === null ? null : resetS * 1000,
      },
    ];
  });
}

/** `<prefix>-Limit`, `-Remaining` and `-Reset`, the last in seconds from now or since the epoch. */
function fromTriple(headers: Headers, prefix: string, nowMs: number): RateLimitState[] {
  const available = whole(headers[`${prefix}-remaining`]);
  if (available === null) return [];
  const reset = whole(headers[`${prefix}-reset`]);
  const isInstant = reset !== null && reset > 1_000_000_000;
  const resetAfterMs = reset === null ? null : isInstant ? Math.max(0, reset * 1000 - nowMs) : reset * 1000;
  return [{ available, capacity: whole(headers[`${prefix}-limit`]?.split(/[,;]/, 1)[0]), resetAfterMs }];
}

/** The members of a structured-field list (RFC 9651) as far as these fields use it. */
function items(
  text: string | undefined,
): { readonly name: string; readonly parameters: ReadonlyMap<string, string> }[] {
  if (text === undefined) return [];
  const members = text.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? [];
  return members.map((member) => {
    const [name = '', ...parameters] = (member.match(/(?:"(?:[^"\\]|\\.)*"|[^";])+/g) ?? []).map((part) =>
      part.trim(),
    );
    return {
      name,
      parameters: new Map(
        parameters.map((part) => [part.split('=', 1)[0] ?? '', part.slice(part.indexOf('=') + 1)]),
      ),
    };
  });
}

function whole(text: string | undefined): number | null {
  return text !== undefined && /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : null;
}
