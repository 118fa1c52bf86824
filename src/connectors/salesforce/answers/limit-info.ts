/** Calls of the rolling 24 h, as the header of each reply states them. */
export type LimitInfo = {
  readonly used: number;
  readonly max: number;
  readonly app: { readonly used: number; readonly max: number } | null;
};

/** Reads `Sforce-Limit-Info: api-usage=18/5000, per-app-api-usage=17/250(appName=x)`; null when it is absent or unlike that. */
export function readLimitInfo(header: string | undefined): LimitInfo | null {
  const total = /(?:^|[\s,;])api-usage=(\d+)\/(\d+)/.exec(header ?? '');
  if (total === null) return null;
  const app = /per-app-api-usage=(\d+)\/(\d+)/.exec(header ?? '');
  return {
    used: Number(total[1]),
    max: Number(total[2]),
    app: app === null ? null : { used: Number(app[1]), max: Number(app[2]) },
  };
}
