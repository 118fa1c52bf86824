import type { DeliveryHistory } from '#connector-testkit/delivery-history.ts';
import type { SchemaDrift } from './schema-drift.ts';

/** How the emulated Shopify delivers. Real times unless `timeScale` shortens them. */
export type WebhookOptions = {
  /** 1 = Shopify's own pace (8 retries within 4 hours); 0.001 = 14 seconds. */
  readonly timeScale?: number;
  readonly timeoutMs?: number;
  readonly retries?: number;
  /** Share of deliveries that never happen: Shopify promises no delivery. */
  readonly dropped?: number;
  /** Share that comes twice. */
  readonly duplicated?: number;
  /** Each waits up to this long before its first attempt, so that later ones overtake it. */
  readonly shuffleMs?: number;
  /** Share that comes late, by up to `lateMs`. */
  readonly late?: number;
  readonly lateMs?: number;
  /** Shares beside which another one is sent, once: with a body that was cut, or by somebody who does not know the secret. */
  readonly malformed?: number;
  readonly forged?: number;
  /** How bodies differ from what is documented, and the share of those that do. */
  readonly drift?: SchemaDrift | null;
  readonly drifting?: number;
  /** Share beside which a whole, signed and senseless body is sent, once. */
  readonly poisonous?: number;
  /** Hears of every attempt that ended. */
  readonly history?: DeliveryHistory | null;
};

/** A shop that delivers everything once, at once, and as it is documented. */
export const webhookDefaults: Required<WebhookOptions> = {
  timeScale: 1,
  timeoutMs: 5000,
  retries: 8,
  dropped: 0,
  duplicated: 0,
  shuffleMs: 0,
  late: 0,
  lateMs: 30_000,
  malformed: 0,
  forged: 0,
  drift: null,
  drifting: 0,
  poisonous: 0,
  history: null,
};
