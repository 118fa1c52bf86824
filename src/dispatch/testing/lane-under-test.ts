import type { Json } from '#canonical/json.ts';
import type { InboxEvent } from '#journal/lane-store.ts';
import type { CommandIntent, Decision, ProcessInput } from '#processes/process.ts';
import type { BoundProcess, LaneHost } from '../lane-rules/host.ts';
import type { Lane, LaneCommand } from '../lane-rules/lane.ts';
import { defaultRetryPolicy, type HandlerTimes } from '../lane-rules/settle.ts';

export const nowMs = 1_800_000_000_000;

export const command = (over: Partial<LaneCommand> = {}): LaneCommand => ({
  number: 1,
  name: 'erp.order.cancel',
  connection: 'erp',
  slot: 'erp.order',
  payload: null,
  request: { bytes: 1 },
  state: 'pending',
  parked: false,
  attempt: 0,
  attemptDeadlineMs: null,
  notBeforeMs: nowMs,
  createdAtMs: nowMs,
  conflicts: 0,
  settleMs: 0,
  handle: null,
  causedBy: 'event:1',
  inFlight: false,
  ...over,
});

export const laneWith = (commands: readonly LaneCommand[] = [], inbox: InboxEvent[] = []): Lane => ({
  tenant: 'acme',
  entity: 'order:shop:1',
  claim: 1,
  instance: { process: 'test', version: 1, state: [], nextCommand: 10 },
  commands: new Map(commands.map((each) => [each.number, each])),
  inbox,
  answers: [],
  consumed: new Set(),
  phase: 'idle',
  steps: 0,
  stale: false,
});

export const operatorEvent = (body: Json, eventId = 1): InboxEvent => ({
  tenant: 'acme',
  entity: 'order:shop:1',
  eventId,
  at: new Date(nowMs).toISOString(),
  kind: 'operator',
  body,
});

export const decision = (over: Partial<Decision<Json>> = {}): Decision<Json> => ({
  state: [],
  disposition: { kind: 'applied' },
  commands: [],
  withdraw: [],
  deadlines: [],
  exceptions: [],
  links: [],
  ...over,
});
export const intent = (slot: string, connection = 'erp'): CommandIntent =>
  ({ name: 'erp.order.cancel', connection, slot, payload: {} }) as never;

/** The lane rules' surroundings, with everything that a case may want to say about them. */
export function hostWith(
  options: {
    readonly handler?: Partial<HandlerTimes> | null;
    readonly keys?: readonly string[];
    readonly decide?: (input: ProcessInput) => Decision<Json>;
    readonly version?: number;
    readonly mayCall?: LaneHost['mayCall'];
    readonly render?: LaneHost['render'];
    readonly now?: () => number;
  } = {},
): LaneHost & { readonly heard: ProcessInput[] } {
  const heard: ProcessInput[] = [];
  const process: BoundProcess = {
    name: 'test',
    version: options.version ?? 1,
    decide(_state, input) {
      heard.push(input);
      return options.decide?.(input) ?? decision();
    },
  };
  const times: HandlerTimes = {
    safety: { kind: 'upsert' },
    timeoutMs: 1_000,
    settleMs: 200,
    searchLagMs: 0,
    ...options.handler,
  };
  return {
    heard,
    nowMs: options.now ?? (() => nowMs),
    random: () => 0.5,
    policy: defaultRetryPolicy,
    processOf: () => process,
    interpret: () => ({ kind: 'events', events: [] }),
    handlerOf: () => (options.handler === null ? null : { ...times, conflictKeys: () => options.keys ?? [] }),
    render: options.render ?? (() => ({ ok: true, request: { bytes: 1 }, mapping: {} })),
    mayCall: options.mayCall ?? (() => 'go'),
    aliasesOf: () => [],
  };
}
