import { Webhook } from 'standardwebhooks';
import { type Database, inTransaction } from '#journal/database.ts';

export type AlertTarget = {
  readonly url: string;
  /** `whsec_` + base64, as Standard Webhooks has it. */
  readonly secret: string;
};
export type Alert = {
  readonly id: string;
  readonly type: 'parked' | 'connection.paused' | 'connection.resumed';
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** Posts one signed request; false when it was not taken (any answer but 2xx, or none). */
export type PostAlert = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
) => Promise<boolean>;

/** What heals by itself within this time is nobody's business, e.g. a shipment that is seen before its order's link is on record. */
const defaultPatienceMs = 5_000;
/** How many alerts one round sends. A flood of one cause is one alert with its count. */
const perRound = 20;

/**
 * Tells a retailer's people about what has newly come to stand still and about connections that went away or came back.
 * At least once: an alert counts as sent when the receiver took it; its id stays the same over repeats.
 */
export async function sendAlerts(
  database: Database,
  tenant: string,
  target: AlertTarget,
  post: PostAlert,
  patienceMs = defaultPatienceMs,
): Promise<number> {
  const alerts = [
    ...(await parkedAlerts(database, tenant, patienceMs)),
    ...(await connectionAlerts(database, tenant)),
  ].slice(0, perRound);
  let sent = 0;
  for (const pending of alerts) {
    const { alert } = pending;
    const { id, ...payload } = alert;
    const body = JSON.stringify(payload);
    const at = new Date();
    const signature = new Webhook(target.secret).sign(id, at, body);
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': signature,
    };
    if (!(await post(target.url, headers, body))) break;
    await pending.done();
    sent += 1;
  }
  return sent;
}

type Pending = { readonly alert: Alert; done(): Promise<void> };

async function parkedAlerts(database: Database, tenant: string, patienceMs: number): Promise<Pending[]> {
  type Row = {
    kind: string;
    cause: string;
    connection: string | null;
    count: number;
    ids: number[];
    first: number;
    detail: string;
    entity: string | null;
    remedy: string | null;
    opened: Date;
  };
  const rows = await inTransaction(
    database,
    [tenant],
    async (client) =>
      (
        await client.query<Row>(
          `/* alerts_parked */ select kind, cause, connection, count(*)::int as count, array_agg(parked_id) as ids, min(parked_id) as first, min(detail) as detail, min(entity) as entity, min(remedy) as remedy, min(opened_at) as opened
     from parked where tenant = $1 and announced_at is null and closed_at is null and opened_at <= now() - $2 * interval '1 ms' group by kind, cause, connection order by first`,
          [tenant, patienceMs],
        )
      ).rows,
  );
  return rows.map((row) => ({
    alert: {
      id: `parked_${tenant}_${row.first}_${row.count}`,
      type: 'parked',
      timestamp: row.opened.toISOString(),
      data: {
        tenant,
        kind: row.kind,
        cause: row.cause,
        connection: row.connection,
        count: row.count,
        example: { entity: row.entity, detail: row.detail },
        remedy: row.remedy,
      },
    },
    done: () =>
      inTransaction(
        database,
        [tenant],
        async (client) =>
          void (await client.query(
            '/* alerts_parked_done */ update parked set announced_at = now() where tenant = $1 and parked_id = any ($2::bigint[])',
            [tenant, row.ids],
          )),
      ),
  }));
}

async function connectionAlerts(database: Database, tenant: string): Promise<Pending[]> {
  type Row = {
    connection: string;
    state: 'open' | 'closed';
    cause: string | null;
    detail: string | null;
    since: Date;
    /** As the database has it: a Date lacks the microseconds by which it is told apart. */
    exact_since: string;
  };
  const rows = await inTransaction(
    database,
    [tenant],
    async (client) =>
      (
        await client.query<Row>(
          '/* alerts_connections */ select connection, state, cause, detail, since, since::text as exact_since from connection_state where tenant = $1 and not announced',
          [tenant],
        )
      ).rows,
  );
  return rows.map((row) => ({
    alert: {
      id: `connection_${tenant}_${row.connection}_${row.since.getTime()}`,
      type: row.state === 'open' ? 'connection.paused' : 'connection.resumed',
      timestamp: row.since.toISOString(),
      data: { tenant, connection: row.connection, cause: row.cause, detail: row.detail },
    },
    done: () =>
      inTransaction(
        database,
        [tenant],
        async (client) =>
          void (await client.query(
            '/* alerts_connection_done */ update connection_state set announced = true where tenant = $1 and connection = $2 and since = $3::timestamptz',
            [tenant, row.connection, row.exact_since],
          )),
      ),
  }));
}
