import { type Database, inTransaction } from '#journal/database.ts';
import type { Parked } from './parked.ts';

/** Something that needs, or needed, a person: with who looks after it, how old it is and what it can cost. */
export type ListedException = Parked & {
  /** From its opening to its end, or to now. Milliseconds by the database's clock. */
  readonly ageMs: number;
  readonly closedAt: string | null;
  readonly resolution: string | null;
};

export type ExceptionFilter = {
  readonly cause?: string;
  readonly kind?: Parked['kind'];
  readonly connection?: string;
  readonly entity?: string;
  /** Null: those that nobody looks after. */
  readonly owner?: string | null;
  readonly state?: 'open' | 'closed' | 'all';
  readonly olderThanMs?: number;
};

const columns = `parked_id as id, kind, entity, key, connection, name, cause, detail, remedy, value_minor as "valueMinor", currency, owner, opened_at as "openedAt",
  (extract(epoch from coalesce(closed_at, now()) - opened_at) * 1000)::float8 as "ageMs", closed_at as "closedAt", resolution`;
const filtered = `tenant = $1 and ($2::text is null or cause = $2) and ($3::text is null or kind = $3) and ($4::text is null or connection = $4) and ($5::text is null or entity = $5)
  and (not $6::boolean or owner is not distinct from $7) and ($8::text = 'all' or (closed_at is null) = ($8 = 'open'))
  and ($9::float8 is null or opened_at < now() - $9 * interval '1 ms')`;
const valuesOf = (tenant: string, filter: ExceptionFilter): unknown[] => [
  tenant,
  filter.cause ?? null,
  filter.kind ?? null,
  filter.connection ?? null,
  filter.entity ?? null,
  filter.owner !== undefined,
  filter.owner ?? null,
  filter.state ?? 'open',
  filter.olderThanMs ?? null,
];

type Row = Omit<ListedException, 'openedAt' | 'closedAt'> & {
  readonly openedAt: Date;
  readonly closedAt: Date | null;
};
const listed = (row: Row): ListedException => ({
  ...row,
  ageMs: Math.round(row.ageMs),
  openedAt: row.openedAt.toISOString(),
  closedAt: row.closedAt?.toISOString() ?? null,
});

/** What stands still, oldest first; closed ones too where the filter says so. */
export async function listExceptions(
  database: Database,
  tenant: string,
  filter: ExceptionFilter & { readonly limit: number },
): Promise<readonly ListedException[]> {
  return inTransaction(database, [tenant], async (client) => {
    const { rows } = await client.query<Row>(
      `/* exceptions_list */ select ${columns} from parked where ${filtered} order by opened_at, parked_id limit $10`,
      [...valuesOf(tenant, filter), filter.limit],
    );
    return rows.map(listed);
  });
}

/** One cause with all that stands still for it. */
export type CauseSummary = {
  readonly cause: string;
  readonly count: number;
  readonly unowned: number;
  readonly oldest: string;
  /** Money at stake, an entity counted once. Null where no sum of money is known of any. */
  readonly atRisk: readonly { readonly currency: string; readonly amountMinor: number }[];
};

/**
 * What stands still by cause, most at first. An order that stands still for a cause in two places is at risk once, with the larger
 * amount; sums of different currencies are never added up.
 */
export async function summariseExceptions(
  database: Database,
  tenant: string,
  filter: ExceptionFilter,
): Promise<readonly CauseSummary[]> {
  return inTransaction(database, [tenant], async (client) => {
    const { rows } = await client.query<Omit<CauseSummary, 'oldest'> & { readonly oldest: Date }>(
      `/* exceptions_summary */ with chosen as (select * from parked where ${filtered}),
       stakes as (
         select cause, currency, coalesce(entity, parked_id::text) as thing, max(abs(value_minor)) as amount from chosen where value_minor is not null and currency is not null group by 1, 2, 3
       ), sums as (select cause, currency, sum(amount)::bigint as amount from stakes group by 1, 2),
       risks as (select cause, json_agg(json_build_object('currency', currency, 'amountMinor', amount) order by currency) as risk from sums group by 1),
       counts as (select cause, count(*)::int as count, count(*) filter (where owner is null)::int as unowned, min(opened_at) as oldest from chosen group by 1)
       select c.cause, c.count, c.unowned, c.oldest, coalesce(r.risk, '[]') as "atRisk" from counts c left join risks r on r.cause = c.cause order by c.count desc, c.cause`,
      valuesOf(tenant, filter),
    );
    return rows.map((row) => ({ ...row, oldest: row.oldest.toISOString() }));
  });
}

/** One line of how it came, changed, was given to somebody, and went. */
export type ExceptionHistoryLine = {
  readonly at: string;
  readonly what: 'opened' | 'changed' | 'assigned' | 'announced' | 'closed';
  readonly by: string;
  readonly detail: string;
};
export type ShownException = ListedException & {
  readonly history: readonly ExceptionHistoryLine[];
  /** What healed it, where an event or a command did: its platform and topic, or the command's name. */
  readonly healedBy: string | null;
};

/** Everything about one exception, open or closed. @throws Error when there is none of this id */
export async function showException(database: Database, tenant: string, id: number): Promise<ShownException> {
  return inTransaction(database, [tenant], async (client) => {
    const { rows } = await client.query<Row>(
      `/* exception_show */ select ${columns} from parked where tenant = $1 and parked_id = $2`,
      [tenant, id],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`nothing is parked under ${id}`);
    const history = await client.query<Omit<ExceptionHistoryLine, 'at'> & { at: Date }>(
      `/* exception_history */ select at, what, by, detail from parked_history where tenant = $1 and parked_id = $2 order by history_id`,
      [tenant, id],
    );
    const healed = await client.query<{ what: string }>(
      `/* exception_healer */ select concat_ws(' ', m.connection, coalesce(m.topic, e.kind)) as what from event_log e left join message m on m.tenant = e.tenant and m.message_id = e.message_id
         where e.tenant = $1 and e.entity = $2 and 'healed by event:' || e.event_id = $3
       union all select concat_ws(' ', d.connection, d.name, d.outcome) from command_done d where d.tenant = $1 and d.entity = $2 and 'healed by command:' || d.number = $3 limit 1`,
      [tenant, row.entity, row.resolution],
    );
    return {
      ...listed(row),
      history: history.rows.map((line) => ({ ...line, at: line.at.toISOString() })),
      healedBy: healed.rows[0]?.what ?? null,
    };
  });
}
