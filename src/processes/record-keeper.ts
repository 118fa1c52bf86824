import { z } from 'zod';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Json } from '#canonical/json.ts';
import type { ExternalRef, Instant } from '#canonical/primitives.ts';
import type { Decision, Process } from './process.ts';

/** A record as each platform last showed it, by `connection/id`. */
export type KeptRecord = {
  readonly v: 1;
  readonly records: {
    readonly [key: string]: {
      readonly at: Instant;
      readonly hash: string;
      readonly type: string;
      readonly data: Json;
    };
  };
};

export const recordKeeperRulesSchema = z.strictObject({});
export type RecordKeeperRules = z.infer<typeof recordKeeperRulesSchema>;

/**
 * Keeps the latest version of a record that has no process of its own yet. Versions are compared within one platform; of two
 * bodies of one instant the later arrival stays.
 */
export const recordKeeper: Process<KeptRecord, RecordKeeperRules> = {
  name: 'record-keeper',
  version: 1,
  decide(before, input) {
    const state = before ?? { v: 1, records: {} };
    if (input.kind !== 'event') {
      return decided(state, {
        kind: 'rejected',
        code: 'not-expected',
        detail: `a kept record has no use for a ${input.kind}`,
      });
    }
    const { event } = input;
    if (!isWhole(event)) {
      return decided(state, {
        kind: 'rejected',
        code: 'no-whole-record',
        detail: `${event.type} does not carry a whole record`,
      });
    }
    const { ref } = event.subject;
    const key = `${ref.connection}/${ref.id}`;
    const known = state.records[key];
    const { at, hash } = event.version;
    if (known !== undefined && (at < known.at || (at === known.at && hash === known.hash))) {
      return decided(state, {
        kind: 'superseded',
        by: `${at < known.at ? 'newer' : 'same'} version: ${key} ${known.at}`,
      });
    }
    const records = { ...state.records, [key]: { at, hash, type: event.type, data: event.data } };
    return decided({ v: 1, records }, { kind: 'applied' }, known === undefined ? [ref] : []);
  },
};

/** A record as it stands at its source, which may be that it is gone. */
type Whole = Extract<CanonicalEvent, { type: `${string}.observed` | 'record.deleted' }>;
const isWhole = (event: CanonicalEvent): event is Whole =>
  event.type.endsWith('.observed') || event.type === 'record.deleted';

function decided(
  state: KeptRecord,
  disposition: Decision<KeptRecord>['disposition'],
  links: readonly ExternalRef[] = [],
): Decision<KeptRecord> {
  return { state, disposition, commands: [], withdraw: [], deadlines: [], exceptions: [], links };
}
