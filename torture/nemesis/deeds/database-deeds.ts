import pg from 'pg';
import type { ScheduledFault } from '../schedule.ts';
import type { Stand } from '../../stand/stand.ts';
import { type Deed, Skipped } from './deed.ts';

/** F3: the postmaster is killed, all connections are taken, or a table that all need is locked. */
export const hurtDatabase: Deed = async (fault, stand) => {
  switch (fault.detail.deed) {
    case 'kill':
      stand.postgres.process.kill(fault.forMs);
      return () => undefined;
    case 'exhaust':
      return takeConnections(stand);
    case 'lock':
      return lockTable(fault, stand);
    default:
      throw new RangeError(`no such deed: ${fault.detail.deed}`);
  }
};

/** F4: not a byte left where PostgreSQL writes. */
export const fillDisk: Deed = async (_fault, { disk }) => {
  if (disk === null) throw new Skipped('a tmpfs cannot be mounted here');
  return disk.fill();
};

/** Cuts the product off and takes every connection it leaves, until there is none. */
async function takeConnections({ postgres }: Stand): Promise<() => Promise<void>> {
  const taken: pg.Client[] = [];
  let isOver = false;
  const superuser = await connected(postgres.superuserUrl);
  const grab = async (): Promise<void> => {
    while (!isOver) {
      const client = await connected(postgres.engineUrl(postgres.port)).catch(() => null);
      if (client !== null) taken.push(client);
      else await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const mine = [grab(), grab(), grab(), grab()];
  // Half of what is open, so that pools have to come back for what they had.
  await superuser
    .query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'tallyport%' and pid % 2 = 0`,
    )
    .finally(() => void superuser.end().catch(() => undefined));
  return async () => {
    isOver = true;
    await Promise.all(mine);
    await Promise.all(taken.map((client) => client.end().catch(() => undefined)));
  };
}

async function lockTable(
  { detail, forMs }: ScheduledFault,
  { postgres }: Stand,
): Promise<() => Promise<void>> {
  const client = await connected(postgres.superuserUrl);
  try {
    await client.query('begin');
    await client.query(`set local lock_timeout = ${forMs}`);
    await client.query(
      `lock table ${client.escapeIdentifier(String(detail['table']))} in access exclusive mode`,
    );
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return () => client.end().catch(() => undefined);
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
}
