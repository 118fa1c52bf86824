import { afterEach, expect, test } from 'vitest';
import type { Json } from '#canonical/json.ts';
import { inTransaction } from '#journal/database.ts';
import { blindIndex } from '#journal/sealed-box.ts';
import type { BoundProcess } from '#dispatch/lane-rules/host.ts';
import { customerIdentity } from '#processes/customer-identity/decide.ts';
import { identify } from '#processes/customer-identity/identify.ts';
import { knownCustomer } from '#processes/customer-identity/known-customer.ts';
import { customerRulesSchema } from '#processes/customer-identity/rules.ts';
import { type EngineUnderTest, engineUnderTest, master, tenant } from '#tests/engine/engine-under-test.ts';
import { decideOnCustomers, listDecisions, pairOfReview, revokeDecision } from '#ops/customer-decisions.ts';
import { matchCustomers, type MatchingResult } from '#ops/customer-matching.ts';
import { listLinkedCustomers } from '#ops/customers.ts';
import { listExceptions } from '#ops/exceptions.ts';

let engine: EngineUnderTest;
afterEach(() => engine.stop());
const rules = customerRulesSchema.parse({});
const process: BoundProcess = {
  name: customerIdentity.name,
  version: customerIdentity.version,
  decide: (state, input) => customerIdentity.decide(state as never, input, rules),
};
const matcher = {
  read: knownCustomer,
  identify: (known: Parameters<typeof identify>[0]) => identify(known, rules),
};
const match = async (): Promise<MatchingResult> => {
  const result = await matchCustomers(engine.database, tenant, matcher);
  if (result === false) throw new Error('somebody else is matching');
  await engine.drain();
  return result;
};
const linked = async (): Promise<readonly string[]> =>
  (await listLinkedCustomers(engine.database, tenant, { limit: 9 })).map(
    ({ identity, entity, reasons }) => `${entity} is ${identity}: ${reasons}`,
  );
const reviews = () => listExceptions(engine.database, tenant, { cause: 'customer-match', limit: 9 });

/** A customer as a lane would have left it: its state, its link, and the hash of its address. */
async function customer(
  connection: string,
  id: string,
  email: string | null,
  more: { readonly verified?: boolean; readonly merged?: readonly string[]; readonly madeFor?: string } = {},
): Promise<string> {
  const entity = `customer:${connection}:${id}`;
  const ref = { connection, type: 'Customer', id };
  const at = '2026-11-24T10:00:00.000Z';
  const party = {
    kind: 'person',
    ref,
    email,
    emailVerified: more.verified ?? true,
    phone: null,
    language: null,
    givenName: 'Ann',
    familyName: 'Example',
  };
  const data: Json = {
    schema: 'customer/1',
    id: entity,
    party,
    addresses: [],
    consents: [],
    taxExempt: false,
    taxExemptions: [],
    tags: [],
    note: null,
    createdAt: null,
    ...(more.madeFor !== undefined && { madeFor: more.madeFor }),
    extensions: {},
  };
  const merged = (more.merged ?? []).map((other) => ({ connection, type: 'Customer', id: other }));
  const state = {
    v: 1,
    records: { [`${connection}/${id}`]: { at, hash: 'h', type: 'customer.observed', data, ref } },
    ...(merged.length > 0 && { merged }),
  };
  await inTransaction(engine.database, [tenant], async (client) => {
    await client.query(
      `insert into instance (tenant, entity, process, version, state, next_command) values ($1, $2, 'customer-identity', 1, $3, 1)`,
      [tenant, entity, JSON.stringify(state)],
    );
    await client.query(
      'insert into identity_link (tenant, connection, type, external_id, entity) values ($1, $2, $3, $4, $5)',
      [tenant, connection, 'Customer', id, entity],
    );
    if (email !== null)
      await client.query('insert into alias (tenant, alias, entity) values ($1, $2, $3)', [
        tenant,
        blindIndex(master, 'email', email),
        entity,
      ]);
  });
  return entity;
}
async function begin(): Promise<void> {
  engine = await engineUnderTest();
  await engine.startWorker({ processFor: () => process });
}

test('records of one verified address are one customer, once, and each is told', async () => {
  await begin();
  await customer('shop', '1', 'ann@example.com');
  await customer('crm', '9', 'Ann@Example.com');
  await customer('crm', '10', 'bob@example.com');
  expect((await match()).changed).toEqual([
    { entity: 'customer:crm:9', identity: 'customer:crm:9' },
    { entity: 'customer:shop:1', identity: 'customer:crm:9' },
  ]);
  expect(await linked()).toEqual([
    'customer:crm:9 is customer:crm:9: verified-email',
    'customer:shop:1 is customer:crm:9: verified-email',
  ]);
  const [state] = await engine.rows<{ identity: Json }>(
    `select state::json->'identity' as identity from instance where entity = 'customer:shop:1'`,
  );
  expect(state?.identity).toMatchObject({ identity: 'customer:crm:9', members: [{ id: '9' }, { id: '1' }] });
  expect(await match()).toMatchObject({ changed: [], reviews: { opened: 0, closed: 0 } });
});

test('a doubtful pair is reviewed; accepted it is one customer, and taken back it is two again', async () => {
  await begin();
  await customer('shop', '1', 'ann@example.com', { verified: false });
  await customer('crm', '9', 'ann@example.com');
  await match();
  expect(await linked()).toEqual([]);
  const [review] = await reviews();
  expect(review).toMatchObject({
    entity: 'customer:crm:9',
    detail: 'may be customer:shop:1: not-verified',
    remedy: expect.stringContaining('customers accept') as string,
  });
  const pair = await pairOfReview(engine.database, tenant, review?.id ?? 0);
  await decideOnCustomers(engine.database, tenant, pair, 'accepted', 'ann', 'she called');
  expect(await match()).toMatchObject({ reviews: { opened: 0, closed: 1 } });
  expect(await linked()).toHaveLength(2);

  const [decision] = await listDecisions(engine.database, tenant);
  await revokeDecision(engine.database, tenant, decision?.id ?? 0, 'ben', 'it was her sister');
  expect((await match()).changed).toEqual([
    { entity: 'customer:crm:9', identity: 'customer:crm:9' },
    { entity: 'customer:shop:1', identity: 'customer:shop:1' },
  ]);
  expect(await linked()).toEqual([]);
  expect((await reviews()).map(({ entity }) => entity)).toEqual(['customer:crm:9']);
  const [state] = await engine.rows<{ identity: Json }>(
    `select state::json->'identity' as identity from instance where entity = 'customer:shop:1'`,
  );
  expect(state?.identity).toMatchObject({ identity: 'customer:shop:1', members: [{ id: '1' }] });
  expect(await listDecisions(engine.database, tenant)).toMatchObject([
    { decision: 'accepted', actor: 'ann', revokedBy: 'ben', revokedReason: 'it was her sister' },
  ]);
  await expect(revokeDecision(engine.database, tenant, decision?.id ?? 0, 'ben', 'again')).rejects.toThrow(
    'no decision',
  );
});

test('a refusal takes two apart that an address had linked, and is replaced by a later decision', async () => {
  await begin();
  const pair = [
    await customer('shop', '1', 'ann@example.com'),
    await customer('crm', '9', 'ann@example.com'),
  ] as const;
  await match();
  await decideOnCustomers(engine.database, tenant, pair, 'refused', 'ann', 'two sisters');
  await match();
  expect([await linked(), await reviews()]).toEqual([[], []]);
  await decideOnCustomers(engine.database, tenant, [pair[1], pair[0]], 'accepted', 'ann', 'one after all');
  await match();
  expect(await linked()).toHaveLength(2);
  expect(
    (await listDecisions(engine.database, tenant)).map(({ decision, revokedAt }) => [
      decision,
      revokedAt !== null,
    ]),
  ).toEqual([
    ['refused', true],
    ['accepted', false],
  ]);
});

test('a record that we made for a customer is that customer, without a review', async () => {
  await begin();
  const shop = await customer('shop', '1', 'ann@example.com');
  await customer('crm', '9', 'ann@example.com', { verified: false, madeFor: shop });
  await match();
  expect(await linked()).toEqual([
    'customer:crm:9 is customer:crm:9: made-for-it',
    'customer:shop:1 is customer:crm:9: made-for-it',
  ]);
  expect(await reviews()).toEqual([]);
});

test('a record that is gone at its platform leaves the other a customer of its own', async () => {
  await begin();
  await customer('shop', '1', 'ann@example.com');
  const crm = await customer('crm', '9', 'ann@example.com');
  await match();
  await engine.rows(
    `update instance set state = replace(state, '"type":"customer.observed"', '"type":"record.deleted"') where entity = $1`,
    [crm],
  );
  expect((await match()).changed).toEqual([{ entity: 'customer:shop:1', identity: 'customer:shop:1' }]);
  expect(await linked()).toEqual([]);
});

test('what a platform merged is one customer, also without any address', async () => {
  await begin();
  await customer('shop', '1', null, { merged: ['2', '404'] });
  await customer('shop', '2', null);
  await match();
  expect(await linked()).toEqual([
    'customer:shop:1 is customer:shop:1: platform-merge',
    'customer:shop:2 is customer:shop:1: platform-merge',
  ]);
});

test('a decision over a record that is none, or over one record, is refused', async () => {
  await begin();
  const one = await customer('shop', '1', null);
  await expect(
    decideOnCustomers(engine.database, tenant, [one, 'customer:shop:7'], 'accepted', 'ann', 'x'),
  ).rejects.toThrow('customer:shop:7 is no customer here');
  await expect(
    decideOnCustomers(engine.database, tenant, [one, one], 'accepted', 'ann', 'x'),
  ).rejects.toThrow('one record');
  await expect(pairOfReview(engine.database, tenant, 7)).rejects.toThrow(
    'no match is to be reviewed under 7',
  );
});
