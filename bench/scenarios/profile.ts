import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProductName, productStand, type StandChoice } from '../columns.ts';
import type { DatabaseMeter } from '../measure/database-meter.ts';
import { type CpuProfile, flameGraph } from '../report/flame-graph.ts';
import type { Cell } from './cell.ts';
import { countingPostgres } from './counts.ts';
import { drain } from './drain.ts';

const profiledRoles = ['worker', 'gateway'] as const;
const warmUpOrders = 400;

/**
 * A flood under V8's profiler and pg_stat_statements: where the time goes. Its rate is not one to compare. Writes a flame graph for
 * worker and gateway (`<prefix>-worker.svg`) and PostgreSQL's dearest statements (`<prefix>-statements.txt`).
 */
export async function profile(
  column: ProductName,
  orders: number,
  choice: StandChoice,
  prefix: string,
): Promise<Cell> {
  const stand = await productStand(
    column,
    { ...choice, keeps: true },
    {
      postgres: countingPostgres,
      nodeFlags: (role, directory) =>
        (profiledRoles as readonly string[]).includes(role)
          ? ['--cpu-prof', '--cpu-prof-dir', directory, '--cpu-prof-name', `${role}.cpuprofile`]
          : [],
    },
  );
  let cell: Cell;
  try {
    await stand.warmUp(warmUpOrders);
    await stand.system.database.rows('create extension if not exists pg_stat_statements');
    await stand.system.database.rows('select pg_stat_statements_reset()');
    cell = await drain(stand, orders);
    await writeFile(`${prefix}-statements.txt`, await dearestStatements(stand.system.database, orders));
  } finally {
    await stand.stop();
  }
  for (const role of profiledRoles) {
    const file = join(stand.directory, `${role}.cpuprofile`);
    if (!existsSync(file)) throw new Error(`${role} wrote no profile`);
    const title = `${role}, ${orders} orders in a flood, ${column} connectors`;
    await writeFile(
      `${prefix}-${role}.svg`,
      flameGraph(JSON.parse(await readFile(file, 'utf8')) as CpuProfile, title),
    );
  }
  if (!choice.keeps) await rm(stand.directory, { recursive: true, force: true });
  return cell;
}

type Statement = {
  readonly calls: number;
  readonly total: number;
  readonly mean: number;
  readonly rows: number;
  readonly toplevel: boolean;
  readonly query: string;
};

/** What took longest, statements inside of functions too (those count in the function's own line as well). */
async function dearestStatements(database: DatabaseMeter, orders: number): Promise<string> {
  const statements = await database.rows<Statement>(`
    select calls::float8, total_exec_time as total, mean_exec_time as mean, rows::float8, toplevel, regexp_replace(query, '\\s+', ' ', 'g') as query
      from pg_stat_statements s join pg_roles r on r.oid = s.userid
     where r.rolname = 'tallyport' order by total_exec_time desc limit 60`);
  const head = `${'us/order'.padStart(9)} ${'calls/order'.padStart(11)} ${'mean ms'.padStart(8)} ${'rows'.padStart(8)}  statement (">" = inside of a function)`;
  const lines = statements.map(({ calls, total, mean, rows, toplevel, query }) =>
    [
      ((total * 1_000) / orders).toFixed(1).padStart(9),
      (calls / orders).toFixed(3).padStart(11),
      mean.toFixed(3).padStart(8),
      String(rows).padStart(8),
      ` ${toplevel ? '' : '> '}${query.slice(0, 220)}`,
    ].join(' '),
  );
  return `${[head, ...lines].join('\n')}\n`;
}
