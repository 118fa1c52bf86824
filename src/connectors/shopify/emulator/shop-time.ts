/** Shopify's own times have whole seconds. */
export const shopTime = (nowMs: number): string =>
  new Date(Math.floor(nowMs / 1000) * 1000).toISOString().replace('.000Z', 'Z');

export const secondsLater = (at: string, seconds: number): string =>
  new Date(Date.parse(at) + seconds * 1000).toISOString().replace('.000Z', 'Z');
