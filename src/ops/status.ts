import { type Database, inTransaction } from '#journal/database.ts';

/** Where everything stands: the tally of messages, the work in flight, what stands still, which connections are away. */
export type Status = {
  readonly received: number;
  readonly applied: number;
  readonly superseded: number;
  readonly rejected: number;
  /** Messages that stand still with a reason. */
  readonly parked: number;
  /** Messages that an operator gave up while they stood still. */
  readonly discarded: number;
  /** Received and not yet tallied. */
  readonly inFlight: number;
  readonly lanes: number;
  readonly oldestLaneAgeMs: number;
  readonly commands: readonly {
    readonly connection: string;
    readonly name: string;
    readonly waiting: number;
    readonly parked: number;
  }[];
  readonly parkedByCause: readonly {
    readonly kind: string;
    readonly cause: string;
    readonly count: number;
    readonly oldest: string;
  }[];
  readonly connections: readonly {
    readonly connection: string;
    readonly state: string;
    readonly cause: string | null;
    readonly detail: string | null;
    readonly since: string;
  }[];
  readonly workers: readonly { readonly node: string; readonly lanes: number }[];
};

export async function readStatus(database: Database, tenant: string): Promise<Status> {
  return inTransaction(database, [tenant], async (client) => {
    const one = async <Row extends object>(sql: string): Promise<Row> =>
      (await client.query<Row>(sql, [tenant])).rows[0] as Row;
    const many = async <Row extends object>(sql: string): Promise<Row[]> =>
      (await client.query<Row>(sql, [tenant])).rows;
    // A message that was parked and released has several entries: the last one says what became of it.
    const tally = await one<{
      received: number;
      applied: number;
      superseded: number;
      rejected: number;
      parked: number;
      discarded: number;
    }>(
      `/* status_tally */ with fate as (
         select distinct on (e.message_id) e.message_id, e.disposition from event_log e where e.tenant = $1 and e.message_id is not null order by e.message_id, e.event_id desc
       ) select (select count(*) from message where tenant = $1)::int as received,
         count(*) filter (where disposition = 'applied')::int as applied, count(*) filter (where disposition = 'superseded')::int as superseded, count(*) filter (where disposition = 'rejected')::int as rejected,
         (select count(*) from parked p where p.tenant = $1 and p.kind = 'message' and p.closed_at is null)::int as parked,
         (select count(distinct p.key) from parked p where p.tenant = $1 and p.kind = 'message' and p.resolution like 'discard by %'
           and not exists (select from parked o where o.tenant = $1 and o.kind = 'message' and o.key = p.key and o.closed_at is null)
           and not exists (select from inbox i where i.tenant = $1 and i.message_id = p.key::bigint)
           and not exists (select from fate f where f.message_id = p.key::bigint and f.disposition <> 'parked'))::int as discarded
         from fate`,
    );
    const lanes = await one<{ lanes: number; age: number | null }>(
      `/* status_lanes */ select count(*)::int as lanes, (select extract(epoch from now() - min(at)) * 1000 from inbox where tenant = $1)::float8 as age from lane where tenant = $1`,
    );
    return {
      ...tally,
      inFlight:
        tally.received - tally.applied - tally.superseded - tally.rejected - tally.parked - tally.discarded,
      lanes: lanes.lanes,
      oldestLaneAgeMs: Math.round(lanes.age ?? 0),
      commands: await many(
        `/* status_commands */ select connection, name, count(*) filter (where not parked)::int as waiting, count(*) filter (where parked)::int as parked from command where tenant = $1 group by 1, 2 order by 1, 2`,
      ),
      parkedByCause: (
        await many<{ kind: string; cause: string; count: number; oldest: Date }>(
          `/* status_parked */ select kind, cause, count(*)::int as count, min(opened_at) as oldest from parked where tenant = $1 and closed_at is null group by 1, 2 order by 3 desc`,
        )
      ).map((row) => ({ ...row, oldest: row.oldest.toISOString() })),
      connections: (
        await many<{
          connection: string;
          state: string;
          cause: string | null;
          detail: string | null;
          since: Date;
        }>(
          `/* status_connections */ select connection, state, cause, detail, since from connection_state where tenant = $1 order by 1`,
        )
      ).map((row) => ({ ...row, since: row.since.toISOString() })),
      workers: await many(
        `/* status_workers */ select s.node, count(l.entity)::int as lanes from session s left join lane l on l.owner = s.session_id and l.tenant = $1 where s.lease_until > now() group by s.session_id, s.node order by 1`,
      ),
    };
  });
}
