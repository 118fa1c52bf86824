import { describe, expect, test } from 'vitest';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Customer } from '#canonical/party.ts';
import { orderTouched } from '#tests/builders/event-builder.ts';
import type { CommandResult, Decision, ProcessInput } from '../process.ts';
import { customerIdentity, type CustomerState } from './decide.ts';
import { knownCustomer } from './known-customer.ts';
import { customerRulesSchema } from './rules.ts';

const rules = { ...customerRulesSchema.parse({}), identify: ['crm'] };
const at = '2026-11-24T10:00:00.000Z';
const later = '2026-11-24T10:00:01.000Z';
const ref = (connection: string, id = '7') => ({ connection, type: 'Customer', id });
const subjectOf = (connection: string, id = '7') =>
  ({ entity: 'customer', ref: ref(connection, id), founds: true }) as const;

const observed = (connection: string, instant = at, more: Partial<Customer> = {}): CanonicalEvent => ({
  type: 'customer.observed',
  subject: subjectOf(connection),
  version: { at: instant, hash: JSON.stringify([instant, more]) },
  data: {
    schema: 'customer/1',
    id: 'customer:shop:7',
    party: {
      kind: 'person',
      ref: ref(connection),
      email: 'ann@example.com',
      emailVerified: true,
      phone: null,
      language: null,
      givenName: 'Ann',
      familyName: null,
    },
    addresses: [],
    consents: [],
    taxExempt: false,
    taxExemptions: [],
    tags: [],
    note: null,
    createdAt: null,
    extensions: {},
    ...more,
  },
});
const merged = (...ids: readonly string[]): CanonicalEvent => ({
  type: 'customer.merged',
  subject: subjectOf('shop'),
  version: { at, hash: ids.join() },
  data: { survivor: ref('shop'), merged: ids.map((id) => ref('shop', id)) },
});

/** One record's life. */
class Life {
  state: CustomerState | null = null;
  last: Decision<CustomerState> | null = null;
  event(...events: readonly CanonicalEvent[]): this {
    for (const event of events) this.#step({ kind: 'event', id: 'e', at, event });
    return this;
  }
  identity(identity: string, ...members: readonly string[]): this {
    const refs = members.map((connection) => ref(connection));
    return this.#step({
      kind: 'operator',
      at,
      by: 'tallyport',
      action: 'identity',
      reason: '',
      identity: { identity, members: refs },
    });
  }
  result(result: CommandResult): this {
    return this.#step({
      kind: 'result',
      at,
      slot: 'identify/crm/crm/7',
      name: 'customer.identify',
      connection: 'crm',
      result,
    });
  }
  #step(input: ProcessInput): this {
    this.last = customerIdentity.decide(this.state, input, rules);
    this.state = this.last.state;
    return this;
  }
  get told(): readonly unknown[] {
    return (
      this.last?.commands.map(({ connection, payload }) => [
        connection,
        (payload as { customer: { connection: string } }).customer.connection,
        (payload as { identity: string }).identity,
      ]) ?? []
    );
  }
  get said(): string | undefined {
    return this.last?.disposition.kind;
  }
}

describe('a customer record', () => {
  test('is kept as each platform last showed it, by that platform’s own clock', () => {
    const life = new Life().event(observed('shop', later), observed('shop', at));
    expect(life.said).toBe('superseded');
    expect(life.event(observed('crm', at)).said).toBe('applied');
    expect(Object.keys(life.state?.records ?? {})).toEqual(['shop/7', 'crm/7']);
    expect(life.event(orderTouched(at)).last?.disposition).toMatchObject({
      kind: 'rejected',
      code: 'no-whole-record',
    });
  });

  test('that is gone at its platform tells of nobody any more, until it is shown again', () => {
    const gone: CanonicalEvent = {
      type: 'record.deleted',
      subject: subjectOf('shop'),
      version: { at: later, hash: 'gone' },
      data: { at: later },
    };
    const life = new Life().event(observed('shop'), gone);
    expect(life.said).toBe('applied');
    expect(knownCustomer('c', life.state ?? {})).toBeNull();
    expect(life.event(observed('shop')).said).toBe('superseded');
    expect(life.identity('customer:a', 'shop').told).toEqual([]);
    const again = life.event(observed('shop', '2026-11-24T10:00:02.000Z'));
    expect(knownCustomer('c', again.state ?? {})?.refs).toEqual([ref('shop')]);
  });

  test('keeps what its platform merged into it, once', () => {
    const life = new Life().event(observed('shop'), merged('8'), merged('8', '9'));
    expect(life.state?.merged?.map(({ id }) => id)).toEqual(['8', '9']);
    expect(life.event(merged('9')).said).toBe('superseded');
  });
});

describe('who it is', () => {
  test('is told of every record to every system that can hear it, and told otherwise when it is taken back', () => {
    const life = new Life().event(observed('shop'), observed('crm')).identity('customer:a', 'shop', 'crm');
    expect(life.told).toEqual([
      ['crm', 'shop', 'customer:a'],
      ['crm', 'crm', 'customer:a'],
    ]);
    expect(life.identity('customer:a', 'crm', 'shop').said).toBe('superseded');
    expect(life.identity('customer:shop:7', 'shop').told).toContainEqual(['crm', 'shop', 'customer:shop:7']);
  });

  test('is told of a record that is shown only later', () => {
    const life = new Life().event(observed('shop')).identity('customer:a', 'shop');
    expect(life.told).toEqual([['crm', 'shop', 'customer:a']]);
    expect(life.event(observed('crm')).told).toEqual([['crm', 'crm', 'customer:a']]);
    expect(life.event(observed('crm', later)).told).toEqual([]);
  });

  test('that a system refused to hear needs a person, until it heard it', () => {
    const life = new Life().event(observed('crm')).identity('customer:a', 'crm');
    life.result({ kind: 'rejected', code: 'locked', detail: 'the record is locked' });
    expect(life.last?.exceptions).toMatchObject([
      { open: true, cause: 'identity-not-carried', detail: 'crm: locked: the record is locked' },
    ]);
    expect(life.result({ kind: 'done', result: {}, refs: [] }).last?.exceptions).toMatchObject([
      { open: false },
    ]);
    expect(life.result({ kind: 'done', result: {}, refs: [] }).last?.exceptions).toEqual([]);
  });
});

test('what a record tells of its owner: company, contact, address and what was merged', () => {
  const life = new Life().event(observed('shop'), merged('8'));
  expect(knownCustomer('customer:shop:7', life.state ?? {})).toMatchObject({
    record: { kind: 'person', isContact: false, email: 'ann@example.com', emailVerified: true, name: 'Ann' },
    refs: [ref('shop')],
    merged: [ref('shop', '8')],
  });
  const membership = { company: { ...ref('shop'), type: 'Company' }, location: null, role: 'Ordering only' };
  const contact = new Life().event(observed('shop', at, { memberships: [membership] }));
  expect(knownCustomer('c', contact.state ?? {})?.record.isContact).toBe(true);
  const company = new Life().event(
    observed('shop', at, {
      party: {
        kind: 'company',
        ref: ref('shop'),
        email: null,
        emailVerified: false,
        phone: null,
        language: null,
        name: 'Dock Ltd',
        location: null,
        contact: null,
        registrations: [{ kind: 'VAT', number: 'GB 123-456', country: 'GB' }],
      },
    }),
  );
  expect(knownCustomer('c', company.state ?? {})?.record).toMatchObject({
    kind: 'company',
    name: 'Dock Ltd',
    registrations: ['vat gb gb123456'],
  });
  expect(knownCustomer('c', { v: 1, records: {} })).toBeNull();
});
