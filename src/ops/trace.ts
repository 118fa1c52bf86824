import { type Database, inTransaction } from '#journal/database.ts';
import { wholeState } from '#journal/instance-state.ts';
import { blindIndex, type MasterKey } from '#journal/sealed-box.ts';

/** One line of an entity's history, oldest first. */
export type TraceLine = {
  readonly at: string;
  readonly kind: 'message' | 'event' | 'command' | 'attempt' | 'parked';
  readonly connection: string | null;
  readonly what: string;
  readonly outcome: string;
  readonly detail: string | null;
};

/** An entity over all systems: what it is called where, what happened to it, what stands still. */
export type Trace = {
  readonly entity: string;
  readonly process: string | null;
  readonly state: unknown;
  readonly links: readonly { readonly connection: string; readonly type: string; readonly id: string }[];
  readonly aliases: readonly string[];
  readonly lines: readonly TraceLine[];
  readonly inFlight: number;
};

/** The entities that an identifier may mean: any platform's id or number, a tracking number, an e-mail address, our own id. */
export async function findEntities(
  database: Database,
  master: MasterKey,
  tenant: string,
  identifier: string,
): Promise<readonly string[]> {
  const text = identifier.trim();
  return inTransaction(database, [tenant], async (client) => {
    const { rows } = await client.query<{ entity: string }>(
      `/* trace_find */ select entity from instance where tenant = $1 and entity = $2
       union select entity from identity_link where tenant = $1 and external_id = $2
       union select entity from alias where tenant = $1 and alias = any ($3)
       union select m.entity from message m where tenant = $1 and source_event_id = $2 and entity is not null limit 50`,
      [tenant, text, [text.toLowerCase(), `#${text.toLowerCase()}`, blindIndex(master, 'email', text)]],
    );
    return rows.map((row) => row.entity);
  });
}

/** Everything the journal knows of one entity. */
export async function traceEntity(database: Database, tenant: string, entity: string): Promise<Trace> {
  return inTransaction(database, [tenant], async (client) => {
    const values = [tenant, entity];
    const instance = (
      await client.query<{ process: string; state: string; bulk: string | null }>(
        '/* trace_instance */ select process, state, bulk from instance where tenant = $1 and entity = $2',
        values,
      )
    ).rows[0];
    const links = await client.query<Trace['links'][number]>(
      '/* trace_links */ select connection, type, external_id as id from identity_link where tenant = $1 and entity = $2 order by linked_at',
      values,
    );
    const aliases = await client.query<{ alias: string }>(
      '/* trace_aliases */ select alias from alias where tenant = $1 and entity = $2 order by alias',
      values,
    );
    const lane = await client.query<{ todo: number }>(
      '/* trace_lane */ select todo from lane where tenant = $1 and entity = $2',
      values,
    );
    const lines = await client.query<Omit<TraceLine, 'at'> & { at: Date }>(
      `/* trace_lines */
       select m.received_at as at, 'message' as kind, m.connection, m.topic || ' (' || m.source_event_id || ')' as what, m.via as outcome, null as detail
         from message m where tenant = $1 and m.entity = $2
       union all select e.consumed_at, 'event', m.connection, coalesce(m.topic, e.kind), e.disposition, concat_ws(': ', e.code, e.detail)
         from event_log e left join message m on m.tenant = e.tenant and m.message_id = e.message_id where e.tenant = $1 and e.entity = $2
       union all select c.created_at, 'command', c.connection, c.number || ' ' || c.name, case when c.parked then 'parked' else c.state end, null from command c where tenant = $1 and entity = $2
       union all select d.finished_at, 'command', d.connection, d.number || ' ' || d.name, d.outcome, d.result from command_done d where tenant = $1 and entity = $2
       union all select a.finished_at, 'attempt', null, 'command ' || a.number || ', attempt ' || a.attempt || ', ' || a.step, a.outcome, a.detail from attempt a where tenant = $1 and entity = $2
       union all select p.opened_at, 'parked', p.connection, p.kind || ' ' || p.key, case when p.closed_at is null then 'open: ' || p.cause else 'closed: ' || p.resolution end, p.detail from parked p where tenant = $1 and entity = $2
       order by at`,
      values,
    );
    return {
      entity,
      process: instance?.process ?? null,
      state: instance === undefined ? null : wholeState(instance).state,
      links: links.rows,
      aliases: aliases.rows.map((row) => row.alias),
      lines: lines.rows.map((line) => ({ ...line, at: line.at.toISOString() })),
      inFlight: lane.rows[0]?.todo ?? 0,
    };
  });
}
