import { afterEach, beforeEach, expect, test } from 'vitest';
import { testDatabase } from '#tests/postgres/test-database.ts';
import { importCrosswalks, setCrosswalk } from './crosswalk-import.ts';
import { type CrosswalkRow, crosswalkVersions, listProposals, loadCrosswalks } from './crosswalk-store.ts';
import { type Database, inTransaction, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

let place: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
beforeEach(async () => {
  place = await testDatabase();
  database = openDatabase(place.url, { max: 4 });
  await migrate(database);
});
afterEach(async () => {
  await database.end();
  await place.drop();
});

const item = (key: string, value: string): CrosswalkRow => ({ connection: 'erp', table: 'item', key, value });
const rows = <Row extends object>(sql: string, values?: unknown[]): Promise<Row[]> =>
  inTransaction(database, ['acme'], async (client) => (await client.query(sql, values)).rows as Row[]);
const audited = async (): Promise<readonly string[]> =>
  (
    await rows<{ line: string }>(
      `select actor || ' ' || action || ' ' || subject || ' ' || detail as line from audit order by audit_id`,
    )
  ).map(({ line }) => line);
const versionNow = async (): Promise<string | undefined> =>
  (await crosswalkVersions(database, ['acme'])).get('acme');

test('files are loaded; what changed or is gone is changed or retired, each with an audit entry', async () => {
  expect(await importCrosswalks(database, 'acme', [item('A', '1'), item('B', '2')])).toEqual({
    added: 2,
    changed: 0,
    retired: 0,
    overruled: [],
  });
  expect((await loadCrosswalks(database, 'acme')).rows).toEqual({ erp: { item: { A: '1', B: '2' } } });
  expect(await importCrosswalks(database, 'acme', [item('A', '9')])).toMatchObject({
    changed: 1,
    retired: 1,
  });
  expect((await loadCrosswalks(database, 'acme')).rows).toEqual({ erp: { item: { A: '9' } } });
  expect(await audited()).toEqual([
    'file crosswalk.added crosswalk:erp:item:A {"from":null,"to":"1"}',
    'file crosswalk.added crosswalk:erp:item:B {"from":null,"to":"2"}',
    'file crosswalk.changed crosswalk:erp:item:A {"from":"1","to":"9"}',
    'file crosswalk.retired crosswalk:erp:item:B {"from":"2","to":null}',
  ]);
});

test('the same files again change nothing, whichever process loads them', async () => {
  const files = [item('A', '1'), item('B', '2')];
  await Promise.all(Array.from({ length: 4 }, () => importCrosswalks(database, 'acme', files)));
  const version = await versionNow();
  expect(await importCrosswalks(database, 'acme', files)).toMatchObject({ added: 0, changed: 0, retired: 0 });
  expect(await versionNow()).toBe(version);
  expect(await audited()).toHaveLength(2);
});

test("an operator's row wins over the file, is reported, and is not retired with it", async () => {
  await importCrosswalks(database, 'acme', [item('A', '1')]);
  await setCrosswalk(database, 'acme', item('A', '5'), 'ann');
  await setCrosswalk(database, 'acme', item('C', '6'), 'ann');
  expect(await importCrosswalks(database, 'acme', [item('A', '1')])).toEqual({
    added: 0,
    changed: 0,
    retired: 0,
    overruled: [{ ...item('A', '1'), operatorValue: '5' }],
  });
  expect((await loadCrosswalks(database, 'acme')).rows).toEqual({ erp: { item: { A: '5', C: '6' } } });
  expect((await importCrosswalks(database, 'acme', [item('A', '5')])).overruled).toEqual([]);
  expect(await audited()).toContain('ann crosswalk.changed crosswalk:erp:item:A {"from":"1","to":"5"}');
});

test('every change of an active row changes the version, a retired one too, a proposal does not', async () => {
  const versions = [await versionNow()];
  const step = async (work: Promise<unknown>): Promise<void> => {
    await work;
    versions.push(await versionNow());
  };
  await step(importCrosswalks(database, 'acme', [item('A', '1'), item('B', '1')]));
  await step(importCrosswalks(database, 'acme', [item('A', '2'), item('B', '1')]));
  await step(importCrosswalks(database, 'acme', [item('A', '2')]));
  await step(setCrosswalk(database, 'acme', item('A', '3'), 'ann'));
  expect(new Set(versions).size).toBe(5);
  await step(
    rows(
      `insert into crosswalk (tenant, connection, crosswalk_table, key, status, proposal, source) values ('acme', 'erp', 'item', 'Z', 'proposed', 'z', 'proposed')`,
    ),
  );
  expect(versions[5]).toBe(versions[4]);
});

test('a row that comes wakes what waited for it, in the same transaction', async () => {
  await rows(
    `insert into crosswalk (tenant, connection, crosswalk_table, key, status, proposal, source) values ('acme', 'erp', 'item', 'A', 'proposed', 'a guess', 'proposed')`,
  );
  await rows(
    `insert into lane (tenant, entity, todo, class, due) values ('acme', 'order:1', 1, 1, now() + interval '1 day')`,
  );
  await rows(`insert into wait (tenant, topic, entity) values ('acme', 'crosswalk:erp:item:A', 'order:1')`);
  expect(await listProposals(database, 'acme')).toEqual([
    { connection: 'erp', table: 'item', key: 'A', proposal: 'a guess', waiting: 1 },
  ]);
  await importCrosswalks(database, 'acme', [item('A', '1'), item('B', '1')]);
  expect(await rows('select due <= now() as due from lane')).toEqual([{ due: true }]);
  expect(await rows('select * from wait')).toEqual([]);
  expect(await listProposals(database, 'acme')).toEqual([]);
});

test('a retired row is proposed with its old value to whoever still needs it, and not before', async () => {
  await importCrosswalks(database, 'acme', [item('A', '1')]);
  await importCrosswalks(database, 'acme', []);
  expect(await listProposals(database, 'acme')).toEqual([]);
  await rows(`insert into wait (tenant, topic, entity) values ('acme', 'crosswalk:erp:item:A', 'order:1')`);
  expect(await listProposals(database, 'acme')).toMatchObject([{ key: 'A', proposal: '1', waiting: 1 }]);
});

test('keys that every object has are keys like others', async () => {
  await importCrosswalks(database, 'acme', [item('__proto__', 'x'), item('constructor', 'y')]);
  const { rows: tree } = await loadCrosswalks(database, 'acme');
  expect(new Map(Object.entries(tree['erp']?.['item'] ?? {}))).toEqual(
    new Map([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]),
  );
});

test('a tenant sees its own rows only', async () => {
  await importCrosswalks(database, 'acme', [item('A', '1')]);
  await importCrosswalks(database, 'other', [item('A', '2')]);
  expect((await loadCrosswalks(database, 'other')).rows).toEqual({ erp: { item: { A: '2' } } });
  expect((await crosswalkVersions(database, ['acme', 'other', 'none'])).get('none')).toBe('none');
});
