import type { CanonicalEvent } from '#canonical/event.ts';
import type { Json } from '#canonical/json.ts';
import type { ExternalRef, Instant } from '#canonical/primitives.ts';
import type {
  CommandIntent,
  CustomerIdentity,
  Decision,
  ExceptionNotice,
  Process,
  ProcessInput,
} from '../process.ts';
import type { CustomerRules } from './rules.ts';

/** One customer record as each platform last showed it, which merges its platform told of, and which customer it is. */
export type CustomerState = {
  readonly v: 1;
  /** By `connection/id`. */
  readonly records: {
    readonly [key: string]: {
      readonly at: Instant;
      readonly hash: string;
      readonly type: string;
      readonly data: Json;
      /** Absent in a state of before customers had identities. */
      readonly ref?: ExternalRef;
    };
  };
  /** Records that their platform made part of this one. */
  readonly merged?: readonly ExternalRef[];
  readonly identity?: CustomerIdentity | null;
  /** Open exceptions: detail by key. */
  readonly open?: { readonly [key: string]: string };
};

const emptyState: CustomerState = { v: 1, records: {} };
type Disposition = Decision<CustomerState>['disposition'];

/**
 * Keeps one customer record, and tells the platforms which customer it is. Who is one customer is decided over all records at once
 * (identify.ts) and comes in as an operator's word; versions are compared within one platform.
 */
export const customerIdentity: Process<CustomerState, CustomerRules> = {
  name: 'customer-identity',
  version: 1,
  decide(before, input, rules) {
    const state = before ?? emptyState;
    switch (input.kind) {
      case 'event':
        return absorbEvent(state, input.event, rules);
      case 'operator':
        if (input.identity === undefined)
          return decided(state, reject('nothing-to-do', `a customer knows no action "${input.action}"`));
        return absorbIdentity(state, input.identity, rules);
      case 'result':
        return absorbResult(state, input);
      default:
        return decided(state, reject('not-expected', `a customer has no use for a ${input.kind}`));
    }
  },
};

function absorbEvent(
  state: CustomerState,
  event: CanonicalEvent,
  rules: CustomerRules,
): Decision<CustomerState> {
  if (event.type === 'customer.merged') {
    const merged = state.merged ?? [];
    const fresh = event.data.merged.filter((ref) => !merged.some((known) => keyOf(known) === keyOf(ref)));
    if (fresh.length === 0) return decided(state, { kind: 'superseded', by: 'the merge is known' });
    return decided({ ...state, merged: [...merged, ...fresh] }, applied, { links: [event.data.survivor] });
  }
  if (event.type !== 'customer.observed' && event.type !== 'record.deleted')
    return decided(state, reject('no-whole-record', `${event.type} does not carry a whole customer`));
  const { ref } = event.subject;
  const { at, hash } = event.version;
  const known = state.records[keyOf(ref)];
  if (known !== undefined && (at < known.at || (at === known.at && hash === known.hash))) {
    const by = `${at < known.at ? 'newer' : 'same'} version: ${keyOf(ref)} ${known.at}`;
    return decided(state, { kind: 'superseded', by });
  }
  const record = { at, hash, type: event.type, data: event.data, ref };
  const next = { ...state, records: { ...state.records, [keyOf(ref)]: record } };
  const { identity } = state;
  const isNew = known === undefined && event.type === 'customer.observed';
  return decided(next, applied, {
    links: isNew ? [ref] : [],
    commands: isNew && identity ? tell(rules, [ref], identity) : [],
  });
}

function absorbIdentity(
  state: CustomerState,
  identity: CustomerIdentity,
  rules: CustomerRules,
): Decision<CustomerState> {
  if (isSame(state.identity ?? null, identity))
    return decided(state, { kind: 'superseded', by: `it is ${identity.identity} already` });
  const refs = Object.values(state.records).flatMap(({ ref, type }) =>
    ref === undefined || type === 'record.deleted' ? [] : [ref],
  );
  return decided({ ...state, identity }, applied, { commands: tell(rules, refs, identity) });
}

/**
 * Every system hears of every record: one that made a record of its own for it finds that by our key, and one that has none says so.
 * Of several commands for one record the newest stands for all: only the last identity counts.
 */
const tell = (
  rules: CustomerRules,
  refs: readonly ExternalRef[],
  { identity, members }: CustomerIdentity,
): readonly CommandIntent[] =>
  rules.identify.flatMap((connection) =>
    refs.map((customer) => ({
      name: 'customer.identify' as const,
      connection,
      slot: slotOf(connection, customer),
      payload: { customer, identity, members: [...members] },
    })),
  );

const slotOf = (connection: string, ref: ExternalRef): string => `identify/${connection}/${keyOf(ref)}`;

function absorbResult(
  state: CustomerState,
  { slot, result, connection }: Extract<ProcessInput, { kind: 'result' }>,
): Decision<CustomerState> {
  const open = state.open ?? {};
  const why =
    result.kind === 'done'
      ? null
      : result.kind === 'rejected'
        ? `${result.code}: ${result.detail}`
        : result.kind === 'parked'
          ? `${result.cause}: ${result.detail}`
          : result.kind === 'stale'
            ? result.detail
            : 'taken back by an operator';
  if (why === (open[slot] ?? null)) return decided(state, applied);
  const notice = (more: Pick<ExceptionNotice, 'open' | 'detail' | 'remedy'>): ExceptionNotice => ({
    key: slot,
    cause: 'identity-not-carried',
    value: null,
    ...more,
  });
  if (why === null) {
    const { [slot]: _healed, ...rest } = open;
    return decided({ ...state, open: rest }, applied, {
      exceptions: [notice({ open: false, detail: 'healed', remedy: '' })],
    });
  }
  const remedy = 'Correct what is named at the platform, then retry the command.';
  return decided({ ...state, open: { ...open, [slot]: why } }, applied, {
    exceptions: [notice({ open: true, detail: `${connection}: ${why}`, remedy })],
  });
}

const keyOf = (ref: ExternalRef): string => `${ref.connection}/${ref.id}`;
const isSame = (a: CustomerIdentity | null, b: CustomerIdentity): boolean =>
  a !== null &&
  a.identity === b.identity &&
  a.members.map(keyOf).sort().join('\n') === b.members.map(keyOf).sort().join('\n');

const applied: Disposition = { kind: 'applied' };
const reject = (code: string, detail: string): Disposition => ({ kind: 'rejected', code, detail });

const decided = (
  state: CustomerState,
  disposition: Disposition,
  more: Partial<Pick<Decision<CustomerState>, 'commands' | 'exceptions' | 'links'>> = {},
): Decision<CustomerState> => ({
  state,
  disposition,
  commands: [],
  withdraw: [],
  deadlines: [],
  exceptions: [],
  links: [],
  ...more,
});
