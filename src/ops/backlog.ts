import { type Database, inTransaction } from '#journal/database.ts';
import { type ConnectionWork, type Forecast, forecastOf } from './backlog-forecast.ts';

/** What waits for one connection, and for how long yet. */
export type Backlog = Forecast & {
  readonly connection: string;
  /** Neither begun nor parked. */
  readonly waiting: number;
  readonly underWay: number;
  /** The longest that one of them has waited. */
  readonly oldestMs: number;
  /** Why no call begins at the moment: the platform is away or refuses us, or asked us to wait; null: calls go out. */
  readonly paused: string | null;
};

type Row = {
  readonly connection: string;
  readonly name: string;
  readonly waiting: number;
  readonly under_way: number;
  readonly oldest_ms: number;
  readonly done: number;
  readonly took_ms: number;
  readonly came: number;
  readonly window_ms: number;
};
type Pause = { readonly connection: string; readonly cause: string; readonly for_ms: number };

/**
 * What waits per connection, with a forecast from what was done in the last `windowMs`. Time before a connection came back is left
 * out; while it is away, the forecast says how long it will take from its return on.
 */
export async function readBacklog(
  database: Database,
  tenant: string,
  windowMs: number,
): Promise<readonly Backlog[]> {
  return inTransaction(database, [tenant], async (client) => {
    const { rows } = await client.query<Row>(
      `/* backlog */ with bounds as (
         select connection, case when s.state = 'open' then s.since else now() end as until,
           greatest(case when s.state = 'open' then s.since else now() end - $2 * interval '1 ms', case when s.state = 'closed' then s.since end) as since
         from (select connection from command where tenant = $1 union select connection from limit_account where tenant = $1) c
         left join (select * from connection_state where tenant = $1) s using (connection)
       ), finished as (
         select d.connection, d.name, d.entity, d.number, d.created_at, d.outcome from command_done d join bounds b using (connection)
         where d.tenant = $1 and d.finished_at >= b.since and d.finished_at <= b.until
       ), calls as (
         select a.entity, a.number, sum(extract(epoch from a.finished_at - a.started_at) * 1000) as took_ms from attempt a
         where a.tenant = $1 and a.finished_at >= (select min(since) from bounds) - interval '10 minutes' and a.step in ('send', 'find', 'check') group by 1, 2
       ), done as (
         select f.connection, f.name, count(c.took_ms)::int as done, coalesce(sum(c.took_ms), 0)::float8 as took_ms,
           count(*) filter (where f.created_at >= b.since and f.outcome not in ('withdrawn', 'superseded'))::int as came
         from finished f join bounds b using (connection) left join calls c using (entity, number) group by 1, 2
       ), standing as (
         select c.connection, c.name, count(*) filter (where c.state = 'pending')::int as waiting, count(*) filter (where c.state <> 'pending')::int as under_way,
           extract(epoch from now() - min(c.created_at)) * 1000 as oldest_ms, count(*) filter (where c.created_at >= b.since and c.created_at <= b.until)::int as came
         from command c join bounds b using (connection) where c.tenant = $1 and not c.parked group by 1, 2
       )
       select connection, name, coalesce(s.waiting, 0) as waiting, coalesce(s.under_way, 0) as under_way, coalesce(s.oldest_ms, 0)::float8 as oldest_ms,
         coalesce(d.done, 0) as done, coalesce(d.took_ms, 0)::float8 as took_ms, coalesce(s.came, 0) + coalesce(d.came, 0) as came,
         extract(epoch from b.until - b.since)::float8 * 1000 as window_ms
       from standing s full join done d using (connection, name) join bounds b using (connection) order by 1, 2`,
      [tenant, windowMs],
    );
    const { rows: pauses } = await client.query<Pause>(
      `/* backlog_pauses */ select connection, cause, 0::float8 as for_ms from connection_state where tenant = $1 and state = 'open'
       union all select connection, 'limit', extract(epoch from paused_until - now())::float8 * 1000 from limit_account where tenant = $1 and paused_until > now() + interval '1 second'`,
      [tenant],
    );
    return [...Map.groupBy(rows, ({ connection }) => connection)].map(([connection, commands]) =>
      backlogOf(connection, commands, pauses.find((pause) => pause.connection === connection) ?? null),
    );
  });
}

function backlogOf(connection: string, rows: readonly Row[], pause: Pause | null): Backlog {
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const work: ConnectionWork = {
    commands: rows.map(({ name, waiting, under_way: underWay, done, took_ms: tookMs }) => ({
      name,
      waiting,
      underWay,
      done,
      tookMs,
    })),
    came: sum(({ came }) => came),
    windowMs: rows[0]?.window_ms ?? 0,
    pausedMs: pause?.for_ms ?? 0,
  };
  return {
    connection,
    waiting: sum(({ waiting }) => waiting),
    underWay: sum(({ under_way: underWay }) => underWay),
    oldestMs: Math.round(Math.max(0, ...rows.map(({ oldest_ms: oldestMs }) => oldestMs))),
    paused: pause?.cause ?? null,
    ...forecastOf(work),
  };
}
