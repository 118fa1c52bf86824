import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PolledRecord } from '#connector-sdk/connector.ts';
import { testServices } from '#connector-testkit/test-services.ts';
import { type Database, inTransaction, openDatabase } from '#journal/database.ts';
import { masterKeyFrom } from '#journal/sealed-box.ts';
import { openSession } from '#journal/session-store.ts';
import { testDatabase } from '#tests/postgres/test-database.ts';
import type { OpenConnection } from './open-connection.ts';
import { pollConnection } from './poll-connection.ts';

let place: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
beforeEach(async () => {
  place = await testDatabase();
  database = openDatabase(place.url);
});
afterEach(async () => {
  await database.end();
  await place.drop();
});

const rows = <Row extends object>(sql: string): Promise<Row[]> =>
  inTransaction(database, ['acme'], async (client) => (await client.query<Row>(sql)).rows);

/** A source that always has these two records; nothing says when they would be ours. */
function source(more: Partial<PolledRecord>): OpenConnection {
  const records = ['1', '2'].map((id): PolledRecord => ({
    topic: 'thing',
    sourceEventId: `deleted ${id}`,
    occurredAt: '2026-11-24T10:00:00.000Z',
    body: { id },
    ...more,
  }));
  return {
    tenant: 'acme',
    id: 'erp',
    connector: {
      limits: () => ({ concurrency: 1, bucket: null }),
      inbound: {
        thing: {
          subject: (body: { readonly id: string }, connection: string) => ({
            entity: 'order',
            ref: { connection, type: 'Sale', id: body.id },
            founds: false,
          }),
        },
      },
      pollers: {
        things: {
          everyMs: 1,
          timeoutMs: 1_000,
          poll: () => Promise.resolve({ kind: 'read', records, cursor: 'c', more: false }),
        },
      },
    },
    client: {},
    config: {},
  } as unknown as OpenConnection;
}
async function poll(connection: OpenConnection): Promise<number> {
  const master = masterKeyFrom(Buffer.alloc(32, 7).toString('base64'));
  const session = await openSession(database, 'test', 60_000);
  return pollConnection({ database, master, log: testServices().log, session }, connection, 'things');
}
const link = (id: string) =>
  rows(
    `insert into identity_link (tenant, connection, type, external_id, entity) values ('acme', 'erp', 'Sale', '${id}', 'order:shop:${id}')`,
  );

test('what is only told of known records is stored for those, and dropped for anybody else', async () => {
  await link('2');
  expect(await poll(source({ onlyIfKnown: true }))).toBe(1);
  expect(await rows('select source_event_id from message')).toEqual([{ source_event_id: 'deleted 2' }]);
  expect(await rows('select 1 from parked')).toEqual([]);
});

test('without that word a record of nobody waits, parked, until it is linked', async () => {
  expect(await poll(source({}))).toBe(2);
  expect(await rows('select cause from parked')).toHaveLength(2);
});
