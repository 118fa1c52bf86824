import type { ExternalRef } from '#canonical/primitives.ts';
import type { Decision } from '../process.ts';
import type { OrderState } from './state.ts';

/** Why the order has to be read at its source. */
export type ReadReason = 'hydrate' | 'touched' | 'tie' | 'asked' | 'overdue';

/** What an input did to what is known; what follows from it is planned afterwards. */
export type Absorbed = {
  readonly state: OrderState;
  readonly disposition: Decision<OrderState>['disposition'];
  readonly read?: ReadReason;
  readonly links?: readonly ExternalRef[];
};

export const applied = (state: OrderState, more: Pick<Absorbed, 'read' | 'links'> = {}): Absorbed => ({
  state,
  disposition: { kind: 'applied' },
  ...more,
});

export const superseded = (state: OrderState, by: string, more: Pick<Absorbed, 'read'> = {}): Absorbed => ({
  state,
  disposition: { kind: 'superseded', by },
  ...more,
});

export const rejected = (state: OrderState, code: string, detail: string): Absorbed => ({
  state,
  disposition: { kind: 'rejected', code, detail },
});
