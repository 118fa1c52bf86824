import type { Json } from '#canonical/json.ts';
import type { BoundProcess } from '#dispatch/lane-rules/host.ts';
import type { CommandIntent, Decision, ProcessInput } from '#processes/process.ts';

type State = { readonly seen: readonly string[]; readonly results: readonly string[] };

/** For tests of the engine: each event becomes one write to `erp`, and when that is done one to `crm`, in the order of the events. */
export const relayProcess: BoundProcess = {
  name: 'relay',
  version: 1,
  decide(before: Json | null, input: ProcessInput): Decision<Json> {
    const state = (before ?? { seen: [], results: [] }) as State;
    const end = (
      next: State,
      commands: readonly CommandIntent[] = [],
      more: Partial<Decision<Json>> = {},
    ): Decision<Json> => ({
      state: next,
      disposition: { kind: 'applied' },
      commands,
      withdraw: [],
      deadlines: [],
      exceptions: [],
      links: [],
      ...more,
    });
    if (input.kind === 'event' && input.event.type === 'order.touched') {
      const { reason } = input.event.data;
      const key = `${input.event.subject.ref.id}/${reason}`;
      if (state.seen.includes(reason))
        return { ...end(state), disposition: { kind: 'superseded', by: reason } };
      if (reason === 'withdraw') return end(state, [], { withdraw: state.seen.map((seen) => `erp/${seen}`) });
      if (reason.startsWith('deadline:'))
        return end(state, [], { deadlines: [{ name: reason, at: input.at }] });
      if (reason.startsWith('reserve:'))
        return end(state, [], {
          reservations: [{ sku: 'SKU', location: 'MAIN', quantity: reason.slice('reserve:'.length) }],
        });
      return end({ ...state, seen: [...state.seen, reason] }, [
        {
          name: 'erp.order.cancel',
          connection: 'erp',
          slot: `erp/${reason}`,
          payload: { order: input.event.subject.ref, number: key, reason },
        },
      ]);
    }
    if (input.kind === 'result') {
      const next = { ...state, results: [...state.results, `${input.slot}:${input.result.kind}`] };
      if (input.result.kind !== 'done' || !input.slot.startsWith('erp/')) return end(next);
      const reason = input.slot.slice('erp/'.length);
      return end(next, [
        {
          name: 'storefront.order.read',
          connection: 'crm',
          slot: `crm/${reason}`,
          payload: { order: { connection: 'crm', type: 'Thing', id: `${idOf(state, reason)}` } },
        },
      ]);
    }
    return end({
      ...state,
      results: [...state.results, input.kind === 'deadline' ? `deadline:${input.name}` : input.kind],
    });
  },
};

const idOf = (_state: State, reason: string): string => reason;
