import type { HttpResult } from '#connector-sdk/services.ts';

/** From here on NetSuite refuses token-based logins (K). Milliseconds. */
const refusedFromMs = 5 * 60_000;

/** What a refused login does not say: that our clock and the server's differ, by its Date header. Empty where they agree. */
export function clockSkewWord(result: HttpResult, nowMs: number): string {
  if (result.kind !== 'response') return '';
  const aheadMs = nowMs - Date.parse(result.headers['date'] ?? '');
  if (!(Math.abs(aheadMs) >= refusedFromMs)) return '';
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  return `; this machine's clock is ${minutes} minutes ${aheadMs > 0 ? 'ahead of' : 'behind'} the server's`;
}
