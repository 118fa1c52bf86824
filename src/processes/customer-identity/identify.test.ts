import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyEmail } from './email-class.ts';
import type { CustomerRecord } from './evidence.ts';
import { identify, type KnownCustomers, type Pair } from './identify.ts';
import { customerRulesSchema } from './rules.ts';

const rules = customerRulesSchema.parse({ sharedAddresses: ['till-3@shop.example'] });
const record = (entity: string, more: Partial<CustomerRecord> = {}): CustomerRecord => ({
  entity,
  connection: entity.split(':')[0] ?? '',
  kind: 'person',
  isContact: false,
  email: 'ann@example.com',
  emailVerified: true,
  name: 'Ann Example',
  registrations: [],
  madeFor: null,
  ...more,
});
const nothing: Omit<KnownCustomers, 'records'> = { merges: [], accepted: [], refused: [] };
const both = (
  first: Partial<CustomerRecord>,
  second: Partial<CustomerRecord> = {},
  more: Partial<KnownCustomers> = {},
) => identify({ records: [record('shop:1', first), record('crm:9', second)], ...nothing, ...more }, rules);
const isOne = ({ identityOf }: ReturnType<typeof identify>, ...entities: readonly string[]): boolean =>
  new Set(entities.map((entity) => identityOf.get(entity))).size === 1;

describe('an address is', () => {
  test.each([
    ['ann@example.com', 'personal'],
    ['Ann.Info@example.com', 'personal'],
    ['x7f3k@privaterelay.appleid.com', 'relay'],
    ['abc123@marketplace.amazon.co.uk', 'relay'],
    ['abc@members.ebay.de', 'relay'],
    ['INFO@example.com', 'role'],
    ['info+uk@example.com', 'role'],
    ['sales.emea@example.com', 'role'],
    ['till-3@Shop.example', 'shared'],
    ['not an address', 'unreadable'],
    ['a@b@c.de', 'unreadable'],
  ])('%s: %s', (email, expected) => {
    expect(classifyEmail(email, rules)).toBe(expected);
  });
});

describe('two records of two systems', () => {
  test('with one verified address of a person are one customer', () => {
    const found = both({ email: 'Ann@Example.com ' });
    expect(isOne(found, 'shop:1', 'crm:9')).toBe(true);
    expect(found).toMatchObject({ links: [{ reason: 'verified-email' }], reviews: [] });
  });

  test.each<[string, Partial<CustomerRecord>, Partial<CustomerRecord>, readonly string[]]>([
    ['with an address that nobody verified', { emailVerified: false }, {}, ['not-verified']],
    [
      'behind a relay',
      { email: 'x@privaterelay.appleid.com' },
      { email: 'x@privaterelay.appleid.com' },
      ['relay-address'],
    ],
    ['with an office’s address', { email: 'info@ex.com' }, { email: 'info@ex.com' }, ['role-address']],
    [
      'with a till’s address',
      { email: 'till-3@shop.example' },
      { email: 'till-3@shop.example' },
      ['shared-address'],
    ],
    ['of whom one buys for a company', { isContact: true }, {}, ['business']],
    [
      'with unlike names too',
      { emailVerified: false, name: 'Bob Other' },
      {},
      ['not-verified', 'names-differ'],
    ],
  ])('%s are never one by themselves, and a person is asked', (_, first, second, doubts) => {
    const found = both(first, second);
    expect(isOne(found, 'shop:1', 'crm:9')).toBe(false);
    expect(found.reviews).toEqual([{ a: 'crm:9', b: 'shop:1', doubts }]);
  });

  test('of companies are asked about when they have one registration, and not for an address', () => {
    const company = { kind: 'company', registrations: ['VAT GB 123'] } as const;
    expect(both(company, company).reviews).toEqual([
      { a: 'crm:9', b: 'shop:1', doubts: ['business', 'same-registration'] },
    ]);
    expect(both({ kind: 'company' }, { kind: 'company' }).reviews).toEqual([]);
  });

  test('are one when the platform merged them, whatever their addresses', () => {
    const found = both({ email: null }, {}, { merges: [{ a: 'shop:1', b: 'crm:9' }] });
    expect(found.links).toEqual([{ a: 'crm:9', b: 'shop:1', reason: 'platform-merge' }]);
  });
});

test('a record that we made for a customer is that customer, whatever its address', () => {
  const found = both({}, { email: 'other@example.com', emailVerified: false, madeFor: 'shop:1' });
  expect(found).toMatchObject({ links: [{ a: 'crm:9', b: 'shop:1', reason: 'made-for-it' }], reviews: [] });
  expect(isOne(both({}, { email: null, madeFor: 'shop:404' }), 'shop:1', 'crm:9')).toBe(false);
});

test('an address that two records of one system have is a household’s, and links nobody', () => {
  const records = [record('shop:1'), record('shop:2', { name: 'Bob Example' }), record('crm:9')];
  const found = identify({ records, ...nothing }, rules);
  expect(new Set(found.identityOf.values()).size).toBe(3);
  expect(found.reviews.map(({ a, b }) => `${a} ${b}`)).toEqual([
    'crm:9 shop:1',
    'crm:9 shop:2',
    'shop:1 shop:2',
  ]);
});

test('an address of two records that are one person anyhow is no household’s', () => {
  const records = [record('shop:1'), record('shop:2'), record('crm:9')];
  const found = identify({ records, ...nothing, merges: [{ a: 'shop:1', b: 'shop:2' }] }, rules);
  expect(isOne(found, 'shop:1', 'shop:2', 'crm:9')).toBe(true);
  expect(found.reviews).toEqual([]);
});

test('what a person held apart stays apart, also by way of a third, and the third is asked about', () => {
  const records = [record('a:1'), record('b:1'), record('c:1')];
  const found = identify({ records, ...nothing, refused: [{ a: 'a:1', b: 'b:1' }] }, rules);
  expect(isOne(found, 'a:1', 'b:1')).toBe(false);
  expect(found.reviews).toEqual([{ a: 'b:1', b: 'c:1', doubts: ['refused-with-another'] }]);
});

/** Few addresses and few systems, so that they meet. */
const someKnown: fc.Arbitrary<KnownCustomers> = fc
  .uniqueArray(
    fc.record({
      entity: fc
        .tuple(fc.constantFrom('shop', 'crm', 'erp'), fc.nat(3))
        .map(([system, id]) => `${system}:${id}`),
      email: fc.constantFrom('ann@e.com', 'bob@e.com', 'info@e.com', 'x@mozmail.com', null),
      emailVerified: fc.boolean(),
      isContact: fc.boolean(),
      kind: fc.constantFrom('person', 'person', 'company'),
      registrations: fc.subarray(['VAT GB 1', 'EIN US 2']),
      madeFor: fc.constantFrom(null, null, 'shop:0', 'shop:1'),
    }),
    { selector: ({ entity }) => entity, maxLength: 9 },
  )
  .chain((raw) => {
    const records = raw.map(({ entity, ...more }) => record(entity, more));
    const entities = ['shop:0', 'crm:0', ...records.map(({ entity }) => entity)];
    const pairs = fc.array(fc.record({ a: fc.constantFrom(...entities), b: fc.constantFrom(...entities) }), {
      maxLength: 4,
    });
    return fc.record({ records: fc.constant(records), merges: pairs, accepted: pairs, refused: pairs });
  });
const shown = ({ identityOf, links, reviews }: ReturnType<typeof identify>) => ({
  identityOf: Object.fromEntries(identityOf),
  links,
  reviews,
});
const turned = (pairs: readonly Pair[]): readonly Pair[] =>
  pairs.map(({ a, b }) => ({ a: b, b: a })).reverse();

test('the order in which things were learned, and which of two came first, decides nothing', () => {
  fc.assert(
    fc.property(someKnown, (known) => {
      const other = {
        records: known.records.toReversed(),
        merges: turned(known.merges),
        accepted: turned(known.accepted),
        refused: turned(known.refused),
      };
      expect(shown(identify(other, rules))).toEqual(shown(identify(known, rules)));
    }),
    { numRuns: 500 },
  );
});

test('a link that is made and taken back again leaves everything as it was', () => {
  fc.assert(
    fc.property(
      someKnown,
      fc.constantFrom('accepted', 'refused', 'merges'),
      fc.nat(),
      fc.nat(),
      (known, what, x, y) => {
        if (known.records.length === 0) return;
        const at = (n: number): string => known.records[n % known.records.length]?.entity ?? '';
        const made: KnownCustomers = { ...known, [what]: [...known[what], { a: at(x), b: at(y) }] };
        identify(made, rules);
        const undone: KnownCustomers = { ...made, [what]: made[what].slice(0, -1) };
        expect(shown(identify(undone, rules))).toEqual(shown(identify(known, rules)));
      },
    ),
  );
});

test('whatever is known: what is refused is apart, reviews lead nowhere by themselves, and no doubtful pair is linked', () => {
  fc.assert(
    fc.property(someKnown, (known) => {
      const found = identify(known, rules);
      const entities = new Set(known.records.map(({ entity }) => entity));
      for (const { a, b } of known.refused)
        if (a !== b && entities.has(a) && entities.has(b)) expect(isOne(found, a, b)).toBe(false);
      for (const { a, b } of found.reviews) expect(isOne(found, a, b)).toBe(false);
      const byEntity = new Map(known.records.map((each) => [each.entity, each]));
      for (const { a, b, reason } of found.links)
        if (reason === 'verified-email')
          for (const each of [byEntity.get(a), byEntity.get(b)])
            expect(each).toMatchObject({
              kind: 'person',
              isContact: false,
              emailVerified: true,
              email: expect.stringMatching(/^(ann|bob)@/) as string,
            });
      // Every member of an identity hangs on the others by links.
      const joined = new Map([...entities].map((entity) => [entity, entity]));
      const root = (entity: string): string =>
        joined.get(entity) === entity ? entity : root(joined.get(entity) ?? entity);
      for (const { a, b } of found.links) joined.set(root(a), root(b));
      for (const a of entities)
        for (const b of entities) expect(root(a) === root(b)).toBe(isOne(found, a, b));
    }),
    { numRuns: 500 },
  );
});
