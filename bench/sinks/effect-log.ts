import { monotonicMs } from '../measure/monotonic-clock.ts';

/** What can take effect in a sink. `repeated`: a write that found its record as it should be; no effect, but a call that was paid for. */
export const effectKinds = ['erp-made', 'erp-carried', 'crm-made', 'crm-changed', 'crm-repeated'] as const;
export type EffectKind = (typeof effectKinds)[number];

/** Effects as columns, so that a million of them pass between processes in one message. */
export type Effects = {
  readonly count: number;
  /** The order's index in the run. */
  readonly order: Uint32Array;
  /** Index in `effectKinds`. */
  readonly kind: Uint8Array;
  /** Which version of the order it showed, from 1. */
  readonly version: Uint8Array;
  /** Monotonic milliseconds. */
  readonly atMs: Float64Array;
};

/** From which effects on an order has arrived: the kind in the ERP, and the version that the CRM shows. */
export type Finality = { readonly erpKind: 'erp-made' | 'erp-carried'; readonly crmVersion: number };

/** The sinks' memory of what took effect, in the order in which it did. */
export class EffectLog {
  readonly #finality: Finality;
  readonly #arrived = new Map<number, number>();
  /** Orders that have arrived in both systems. */
  completed = 0;
  #capacity = 1 << 16;
  #order = new Uint32Array(this.#capacity);
  #kind = new Uint8Array(this.#capacity);
  #version = new Uint8Array(this.#capacity);
  #atMs = new Float64Array(this.#capacity);
  #count = 0;
  readonly byKind: Record<EffectKind, number> = {
    'erp-made': 0,
    'erp-carried': 0,
    'crm-made': 0,
    'crm-changed': 0,
    'crm-repeated': 0,
  };

  constructor(finality: Finality) {
    this.#finality = finality;
  }

  /** `inMs`: how long from now the sink's answer leaves, which is when the effect is there for others to see. */
  record(kind: EffectKind, order: number, version: number, inMs: number): void {
    if (this.#count === this.#capacity) this.#grow();
    const at = this.#count;
    this.#order[at] = order;
    this.#kind[at] = effectKinds.indexOf(kind);
    this.#version[at] = version;
    this.#atMs[at] = monotonicMs() + inMs;
    this.#count = at + 1;
    this.byKind[kind] += 1;
    if (kind === this.#finality.erpKind) this.#arrive(order, 1);
    if (kind.startsWith('crm-') && version >= this.#finality.crmVersion) this.#arrive(order, 2);
  }

  #arrive(order: number, system: 1 | 2): void {
    const before = this.#arrived.get(order) ?? 0;
    if ((before & system) !== 0) return;
    this.#arrived.set(order, before | system);
    if ((before | system) === 3) this.completed += 1;
  }

  /** Everything so far. */
  all(): Effects {
    const end = this.#count;
    return {
      count: end,
      order: this.#order.slice(0, end),
      kind: this.#kind.slice(0, end),
      version: this.#version.slice(0, end),
      atMs: this.#atMs.slice(0, end),
    };
  }

  #grow(): void {
    this.#capacity *= 2;
    const [order, kind, version, atMs] = [this.#order, this.#kind, this.#version, this.#atMs];
    this.#order = new Uint32Array(this.#capacity);
    this.#kind = new Uint8Array(this.#capacity);
    this.#version = new Uint8Array(this.#capacity);
    this.#atMs = new Float64Array(this.#capacity);
    this.#order.set(order);
    this.#kind.set(kind);
    this.#version.set(version);
    this.#atMs.set(atMs);
  }
}
