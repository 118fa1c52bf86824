import type { Json } from '#canonical/json.ts';
import type { OrgOptions } from './org-options.ts';
import { PlatformFault } from './platform-fault.ts';

/** Counts calls of the day and long-running calls at once; no header ever tells when to come back. */
export class ApiAllowance {
  readonly #options: OrgOptions;
  readonly #running = new Set<{ readonly since: number }>();
  used = 0;

  constructor(options: OrgOptions) {
    this.#options = options;
  }

  /** Why a call is refused before it begins; null when it is not. */
  refusal(): PlatformFault | null {
    if (this.used >= this.#options.dailyApiRequests)
      return new PlatformFault('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', { status: 403 });
    const now = performance.now();
    const long = [...this.#running].filter((call) => now - call.since >= this.#options.longCallMs).length;
    return long < this.#options.longCalls
      ? null
      : new PlatformFault('REQUEST_LIMIT_EXCEEDED', 'ConcurrentPerOrgLongTxn Limit exceeded.', {
          status: 403,
        });
  }

  /** A call begins; the result ends it. */
  begin(): () => void {
    this.used += 1;
    const call = { since: performance.now() };
    this.#running.add(call);
    return () => void this.#running.delete(call);
  }

  header(): string {
    return `api-usage=${this.used}/${this.#options.dailyApiRequests}`;
  }

  limits(): Record<string, Json> {
    const Max = this.#options.dailyApiRequests;
    return {
      DailyApiRequests: { Max, Remaining: Math.max(0, Max - this.used) },
      DailyBulkV2QueryJobs: { Max: 10_000, Remaining: 10_000 },
    };
  }
}
