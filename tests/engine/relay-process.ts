import type { Json } from '#canonical/json.ts';
import type { BoundProcess } from '#dispatch/lane-rules/host.ts';
import type { CommandIntent, Decision, ProcessInput } from '#processes/process.ts';

type State = { readonly id: string; readonly seen: readonly string[]; readonly results: readonly string[] };

/** For tests of the engine: each event becomes one write to `erp`, and when that is done one to `crm`, in the order of the events. */
export const relayProcess: BoundProcess = {
  name: 'relay',
  version: 1,
  decide(before: Json | null, input: ProcessInput): Decision<Json> {
    const state = (before ?? { id: '', seen: [], results: [] }) as State;
    if (input.kind === 'event' && input.event.type === 'order.touched') {
      return taken(state, input.event.subject.ref, input.event.data.reason, input.at);
    }
    if (input.kind !== 'result') {
      return end({
        ...state,
        results: [...state.results, input.kind === 'deadline' ? `deadline:${input.name}` : input.kind],
      });
    }
    const next = { ...state, results: [...state.results, `${input.slot}:${input.result.kind}`] };
    if (input.result.kind !== 'done' || !input.slot.startsWith('erp/')) return end(next);
    const reason = input.slot.slice('erp/'.length);
    const order = { connection: 'crm', type: 'Thing', id: `${state.id}/${reason}` };
    return end(next, [
      { name: 'storefront.order.read', connection: 'crm', slot: `crm/${reason}`, payload: { order } },
    ]);
  },
};

function end(
  next: State,
  commands: readonly CommandIntent[] = [],
  more: Partial<Decision<Json>> = {},
): Decision<Json> {
  return {
    state: next,
    disposition: { kind: 'applied' },
    commands,
    withdraw: [],
    deadlines: [],
    exceptions: [],
    links: [],
    ...more,
  };
}

/** What an event's reason makes the process do. */
function taken(
  state: State,
  ref: { connection: string; type: string; id: string },
  reason: string,
  at: string,
): Decision<Json> {
  if (state.seen.includes(reason)) return end(state, [], { disposition: { kind: 'superseded', by: reason } });
  if (reason === 'withdraw') return end(state, [], { withdraw: state.seen.map((seen) => `erp/${seen}`) });
  if (reason.startsWith('deadline:')) return end(state, [], { deadlines: [{ name: reason, at }] });
  if (reason.startsWith('reserve:')) {
    return end(state, [], {
      reservations: [{ sku: 'SKU', location: 'MAIN', quantity: reason.slice('reserve:'.length) }],
    });
  }
  const payload = { order: ref, number: `${ref.id}/${reason}`, reason };
  return end({ ...state, id: ref.id, seen: [...state.seen, reason] }, [
    { name: 'erp.order.cancel', connection: 'erp', slot: `erp/${reason}`, payload },
  ]);
}
