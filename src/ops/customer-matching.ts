import type { PoolClient } from 'pg';
import type { Json } from '#canonical/json.ts';
import type { ExternalRef } from '#canonical/primitives.ts';
import type { Database } from '#journal/database.ts';
import { wholeState } from '#journal/instance-state.ts';
import { actingAs } from './acting.ts';
import { reviewKeyPrefix } from './customer-decisions.ts';

type Pair = { readonly a: string; readonly b: string };
/** One customer record as the journal has it, with what it tells. */
type Known<Shown> = {
  readonly record: Shown & { readonly entity: string };
  readonly refs: readonly ExternalRef[];
  readonly merged: readonly ExternalRef[];
};
/** The decision over all of them, which is made elsewhere, and purely. */
export type CustomerMatcher<Shown> = {
  read(entity: string, state: Json): Known<Shown> | null;
  identify(known: {
    readonly records: readonly (Shown & { readonly entity: string })[];
    readonly merges: readonly Pair[];
    readonly accepted: readonly Pair[];
    readonly refused: readonly Pair[];
  }): {
    readonly identityOf: ReadonlyMap<string, string>;
    readonly links: readonly (Pair & { readonly reason: string })[];
    readonly reviews: readonly (Pair & { readonly doubts: readonly string[] })[];
  };
};

export type MatchingResult = {
  readonly records: number;
  /** Records whose customer, or whose fellow records, are others than before: each is told. */
  readonly changed: readonly { readonly entity: string; readonly identity: string }[];
  readonly reviews: { readonly opened: number; readonly closed: number };
};

/** `false`: another process is matching this tenant's customers. */
export async function matchCustomers<Shown>(
  database: Database,
  tenant: string,
  matcher: CustomerMatcher<Shown>,
  by = 'tallyport',
): Promise<MatchingResult | false> {
  return actingAs(database, tenant, by, async (client) => {
    const { rows } = await client.query<{ mine: boolean }>(
      `/* matching_turn */ select pg_try_advisory_xact_lock(hashtextextended('customers ' || $1, 0)) as mine`,
      [tenant],
    );
    if (rows[0]?.mine !== true) return false;
    const customers = await readCustomers(client, tenant, matcher);
    const decisions = await standingDecisions(client, tenant);
    const found = matcher.identify({
      records: customers.map(({ record }) => record),
      merges: await mergesOf(client, tenant, customers),
      ...decisions,
    });
    return {
      records: customers.length,
      changed: await tellChanges(client, tenant, customers, found),
      reviews: await keepReviews(client, tenant, found.reviews),
    };
  });
}

/** All that may be somebody else's too: an address in common, a company, a merge, a decision, or an identity that it had till now. */
async function readCustomers<Shown>(
  client: PoolClient,
  tenant: string,
  matcher: CustomerMatcher<Shown>,
): Promise<readonly Known<Shown>[]> {
  const { rows } = await client.query<{ entity: string; state: string; bulk: string | null }>(
    `/* matching_records */ with shared as (
       select alias from alias where tenant = $1 and alias like 'email:%' and entity like 'customer:%' group by alias having count(*) > 1
     ), wanted as (
       select a.entity from alias a join shared s on s.alias = a.alias where a.tenant = $1 and a.entity like 'customer:%'
       union select entity from customer_decision where tenant = $1 and revoked_at is null union select other from customer_decision where tenant = $1 and revoked_at is null
       union select entity from customer_identity where tenant = $1
       union select i.entity from instance i where i.tenant = $1 and i.entity like 'customer:%' and i.state like '%"madeFor":%'
       union select r.value -> 'data' ->> 'madeFor' from instance i cross join lateral jsonb_each(i.state::jsonb -> 'records') as r
         where i.tenant = $1 and i.entity like 'customer:%' and i.state like '%"madeFor":%' and r.value -> 'data' ? 'madeFor'
       union select i.entity from instance i where i.tenant = $1 and i.entity like 'customer:%' and (i.state like '%"merged":[%' or i.state like '%"kind":"company"%')
       union select l.entity from instance i cross join lateral jsonb_array_elements(i.state::jsonb -> 'merged') as m
         join identity_link l on l.tenant = i.tenant and l.connection = m ->> 'connection' and l.type = m ->> 'type' and l.external_id = m ->> 'id'
         where i.tenant = $1 and i.entity like 'customer:%' and i.state like '%"merged":[%'
     ) select i.entity, i.state, i.bulk from instance i join wanted w on w.entity = i.entity where i.tenant = $1 order by i.entity`,
    [tenant],
  );
  return rows.flatMap((row) => matcher.read(row.entity, wholeState(row).state) ?? []);
}

async function standingDecisions(client: PoolClient, tenant: string) {
  const { rows } = await client.query<Pair & { readonly decision: 'accepted' | 'refused' }>(
    '/* matching_decisions */ select entity as a, other as b, decision from customer_decision where tenant = $1 and revoked_at is null',
    [tenant],
  );
  return {
    accepted: rows.filter(({ decision }) => decision === 'accepted'),
    refused: rows.filter(({ decision }) => decision === 'refused'),
  };
}

/** A record that its platform merged, and that we have never seen, is nobody's here. */
async function mergesOf(
  client: PoolClient,
  tenant: string,
  customers: readonly Known<unknown>[],
): Promise<readonly Pair[]> {
  const wanted = customers.flatMap(({ record, merged }) => merged.map((ref) => ({ a: record.entity, ref })));
  const { rows } = await client.query<Pair>(
    `/* matching_merges */ select u.entity as a, l.entity as b from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as u(entity, connection, type, id)
     join identity_link l on l.tenant = $1 and l.connection = u.connection and l.type = u.type and l.external_id = u.id where l.entity <> u.entity`,
    [
      tenant,
      wanted.map(({ a }) => a),
      wanted.map(({ ref }) => ref.connection),
      wanted.map(({ ref }) => ref.type),
      wanted.map(({ ref }) => ref.id),
    ],
  );
  return rows;
}

type Found = ReturnType<CustomerMatcher<unknown>['identify']>;

/** Writes the identities that are others than before, and tells each record whose customer changed in any way. */
async function tellChanges(
  client: PoolClient,
  tenant: string,
  customers: readonly Known<unknown>[],
  { identityOf, links }: Found,
): Promise<MatchingResult['changed']> {
  const { rows } = await client.query<{ entity: string; identity: string }>(
    '/* matching_before */ select entity, identity from customer_identity where tenant = $1',
    [tenant],
  );
  // A record that no platform shows any more is nobody.
  await client.query(
    '/* matching_gone */ delete from customer_identity where tenant = $1 and entity <> all ($2)',
    [tenant, customers.map(({ record }) => record.entity)],
  );
  const before = new Map(rows.map(({ entity, identity }) => [entity, identity]));
  const groups = Map.groupBy(customers, ({ record }) => identityOf.get(record.entity) ?? record.entity);
  const membersBefore = Map.groupBy(rows, ({ identity }) => identity);
  const changed: { entity: string; identity: string }[] = [];
  const told: { entity: string; event: Json }[] = [];
  for (const [identity, group] of groups) {
    const entities = group.map(({ record }) => record.entity).sort();
    const were = (membersBefore.get(identity) ?? []).map(({ entity }) => entity).sort();
    if (entities.length === 1 ? !before.has(identity) : entities.join('\n') === were.join('\n')) continue;
    const members = group.flatMap(({ refs }) => refs);
    for (const entity of entities) {
      changed.push({ entity, identity });
      const reasons = links.filter(({ a, b }) => a === entity || b === entity);
      await client.query(
        entities.length === 1
          ? '/* matching_alone */ delete from customer_identity where tenant = $1 and entity = $2 and $3::text is not null and $4::text is not null'
          : `/* matching_write */ insert into customer_identity (tenant, entity, identity, reasons) values ($1, $2, $3, $4)
             on conflict (tenant, entity) do update set identity = excluded.identity, reasons = excluded.reasons, since = now()`,
        [tenant, entity, identity, JSON.stringify(reasons)],
      );
      const notice = {
        action: 'identity',
        by: 'tallyport',
        reason: reasons.map(({ reason }) => reason).join(', ') || 'on its own',
        identity: { identity, members },
      };
      told.push({ entity, event: notice });
    }
  }
  // In the order in which everybody locks lanes.
  for (const { entity, event } of told.sort((x, y) => (x.entity < y.entity ? -1 : 1)))
    await client.query(`/* matching_tell */ select inbox_add($1, $2, 'operator', $3)`, [
      tenant,
      entity,
      JSON.stringify(event),
    ]);
  return changed.sort((x, y) => (x.entity < y.entity ? -1 : 1));
}

/** Opens what is newly to be looked at, and closes what no longer is. */
async function keepReviews(
  client: PoolClient,
  tenant: string,
  reviews: Found['reviews'],
): Promise<MatchingResult['reviews']> {
  const values = [
    tenant,
    reviews.map(({ a }) => a),
    reviews.map(({ b }) => `${reviewKeyPrefix}${b}`),
    reviews.map(({ b, doubts }) => `may be ${b}: ${doubts.join(', ')}`),
  ];
  const closed = await client.query(
    `/* matching_close */ update parked p set closed_at = now(), resolution = 'healed: nothing is to be decided any more' where p.tenant = $1 and p.cause = 'customer-match' and p.closed_at is null
     and not exists (select from unnest($2::text[], $3::text[]) as u(entity, key) where u.entity = p.entity and u.key = p.key)`,
    values.slice(0, 3),
  );
  const opened = await client.query(
    `/* matching_open */ insert into parked (tenant, kind, entity, key, cause, detail, remedy)
     select $1, 'exception', u.entity, u.key, 'customer-match', u.detail, 'Look at both, then "customers accept" or "customers refuse".'
     from unnest($2::text[], $3::text[], $4::text[]) as u(entity, key, detail)
     on conflict (tenant, kind, entity, key) where closed_at is null do update set detail = excluded.detail where parked.detail <> excluded.detail returning (xmax = 0) as fresh`,
    values,
  );
  const fresh = (opened.rows as { fresh: boolean }[]).filter((row) => row.fresh);
  return { opened: fresh.length, closed: closed.rowCount ?? 0 };
}
