import { expect, test } from 'vitest';
import type { CanonicalEvent } from '#canonical/event.ts';
import { orderTouched } from '#tests/builders/event-builder.ts';
import { type KeptRecord, recordKeeper } from './record-keeper.ts';

const customer = (connection: string, at: string, note: string): CanonicalEvent => ({
  type: 'customer.observed',
  subject: { entity: 'customer', ref: { connection, type: 'Customer', id: '7' }, founds: true },
  version: { at, hash: note },
  data: {
    schema: 'customer/1',
    id: 'customer:shop:7',
    party: {
      kind: 'person',
      ref: null,
      email: null,
      emailVerified: false,
      phone: null,
      language: null,
      givenName: null,
      familyName: null,
    },
    addresses: [],
    consents: [],
    taxExempt: false,
    taxExemptions: [],
    tags: [],
    note,
    createdAt: null,
    extensions: {},
  },
});
const at = '2026-11-24T10:00:00.000Z';
const later = '2026-11-24T10:00:01.000Z';

function keep(...events: readonly CanonicalEvent[]) {
  let state: KeptRecord | null = null;
  const dispositions = events.map((event, index) => {
    const decision = recordKeeper.decide(state, { kind: 'event', id: String(index), at, event }, {});
    state = decision.state;
    return decision.disposition.kind;
  });
  const { records } = state as unknown as KeptRecord;
  return { dispositions, notes: Object.values(records).map(({ data }) => (data as { note: string }).note) };
}

test.each([
  ['in order', [customer('shop', at, 'old'), customer('shop', later, 'new')], ['applied', 'applied']],
  [
    'the other way round',
    [customer('shop', later, 'new'), customer('shop', at, 'old')],
    ['applied', 'superseded'],
  ],
  ['twice', [customer('shop', at, 'new'), customer('shop', at, 'new')], ['applied', 'superseded']],
])('the newest version stays: %s', (_, events, dispositions) => {
  expect(keep(...events)).toEqual({ dispositions, notes: ['new'] });
});

test('two platforms are kept side by side, since their clocks do not compare', () => {
  expect(keep(customer('shop', later, 'shop'), customer('crm', at, 'crm')).notes).toEqual(['shop', 'crm']);
});

test('what carries no whole record is rejected', () => {
  const decision = recordKeeper.decide(null, { kind: 'event', id: '1', at, event: orderTouched(at) }, {});
  expect(decision.disposition).toMatchObject({ kind: 'rejected', code: 'no-whole-record' });
  expect(recordKeeper.decide(null, { kind: 'deadline', at, name: 'x' }, {}).disposition).toMatchObject({
    code: 'not-expected',
  });
});
