import { type SeededRandom, seededRandom } from './seeded-random.ts';
import type { EmulatorRequest } from './emulator-request.ts';

/** What goes wrong with one request. `after` faults let the effect happen first: the answer is what gets lost. */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly kind: 'reset' }
  | { readonly kind: 'reset-after' }
  | { readonly kind: 'hang'; readonly ms: number }
  | { readonly kind: 'hang-after'; readonly ms: number }
  /** No answer, and the effect comes so much later: a request whose caller is gone runs on. */
  | { readonly kind: 'effect-late'; readonly ms: number }
  | { readonly kind: 'delay'; readonly ms: number };

type Rule = {
  readonly fault: Fault;
  readonly when: (request: EmulatorRequest) => boolean;
  left: number;
  readonly probability: number;
};

/** Which requests fail and how: drawn from a seed, or set by a test. */
export class FaultPlan {
  readonly #random: SeededRandom;
  #rules: Rule[] = [];
  /** How often each kind was really injected. */
  readonly injected = new Map<Fault['kind'], number>();

  constructor(seed = 1) {
    this.#random = seededRandom(seed);
  }

  /** The next `times` matching requests. */
  next(fault: Fault, times = 1, when: (request: EmulatorRequest) => boolean = () => true): void {
    this.#rules.push({ fault, when, left: times, probability: 1 });
  }

  /** Every matching request with this probability, until `clear` or until the answer is called. */
  often(
    fault: Fault,
    probability: number,
    when: (request: EmulatorRequest) => boolean = () => true,
  ): () => void {
    const rule = { fault, when, left: Number.POSITIVE_INFINITY, probability };
    this.#rules.push(rule);
    return () => {
      this.#rules = this.#rules.filter((each) => each !== rule);
    };
  }

  clear(): void {
    this.#rules = [];
  }

  draw(request: EmulatorRequest): Fault | null {
    const rule = this.#rules.find(
      (candidate) =>
        candidate.left > 0 && candidate.when(request) && this.#random.next() < candidate.probability,
    );
    if (rule === undefined) return null;
    rule.left -= 1;
    this.injected.set(rule.fault.kind, (this.injected.get(rule.fault.kind) ?? 0) + 1);
    return rule.fault;
  }
}
