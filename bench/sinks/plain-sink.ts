import type { EffectKind, EffectLog } from './effect-log.ts';
import type { RawAnswer, RawRequest } from './raw-http-server.ts';

/** What one-call clients send: the order's index in the run, its version, and the order itself as ballast. */
export type PlainWrite = { readonly order: number; readonly version: number };

/**
 * A platform that takes an order in one call, for the peers and for `--connectors one-call`: `POST /erp` and `POST /crm`, each an
 * effect that is recorded when it is asked for and answered after the system's latency. A second call for one version is a second effect.
 */
export class PlainSink {
  readonly #system: 'erp' | 'crm';
  readonly #log: EffectLog;
  readonly #latencyMs: number;
  readonly #versions = new Map<number, number>();
  #last = 0;

  constructor(system: 'erp' | 'crm', log: EffectLog, latencyMs: number) {
    this.#system = system;
    this.#log = log;
    this.#latencyMs = latencyMs;
  }

  answer({ method, path, body }: RawRequest): RawAnswer {
    if (method === 'GET')
      return {
        body: JSON.stringify({ version: this.#versions.get(Number(path.slice(1))) ?? null }),
        afterMs: 1,
      };
    const { order, version } = JSON.parse(body) as PlainWrite;
    const known = this.#versions.get(order) ?? 0;
    this.#versions.set(order, Math.max(known, version));
    this.#log.record(this.#kindOf(known, version), order, version, this.#latencyMs);
    this.#last += 1;
    return { body: `{"number":"${this.#last}"}`, afterMs: this.#latencyMs };
  }

  /** A write of what is there already changes nothing in a CRM that is upserted, and makes a second order in an ERP that is posted to. */
  #kindOf(known: number, version: number): EffectKind {
    if (this.#system === 'erp') return known === 0 || known === version ? 'erp-made' : 'erp-carried';
    if (known === 0) return 'crm-made';
    return known === version ? 'crm-repeated' : 'crm-changed';
  }
}
