import { checkEvents, checkTryton } from './checks.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { directDrive } from './drive.ts';
import { type Case, cases, company } from './orders.ts';
import { asCompany, connect } from './rpc.ts';
import { startTryton } from './server.ts';
import { setupCompany } from './setup-company.ts';
import { postInvoices, shipInTwo } from './warehouse.ts';

/**
 * Proof against software that nobody here wrote: starts a real Tryton, carries orders in through a proxy that loses answers,
 * ships and invoices them there, and compares by reading Tryton itself. The last line is one JSON object; the exit code is
 * not 0 on any difference.
 */
async function prove(): Promise<boolean> {
  const say = (text: string): void => console.log(text);
  say('starting a real Tryton');
  const server = await startTryton({
    key: JSON.stringify(company),
    run: async ({ url, database, adminPassword }) => {
      await setupCompany(await connect(url, database, 'admin', adminPassword), company);
    },
  });
  say(`up: ${JSON.stringify(server.timesMs)}`);
  try {
    const admin = await connect(server.url, server.database, 'admin', server.adminPassword);
    await asCompany(admin);
    const proxy = await startCuttingProxy(server.url);
    const drive = directDrive(proxy.url, {
      database: server.database,
      user: company.user.login,
      password: company.user.password,
    });
    try {
      const saleIds = new Map<Case, number>();
      const orderTimesMs: number[] = [];
      for (const one of cases) {
        one.lost.forEach((method) => proxy.cutNext(`"${method}"`));
        const startedMs = Date.now();
        const sale = await drive.create(one);
        if (one.lost.length === 0) orderTimesMs.push(Date.now() - startedMs);
        // The same command a second time, as after a crash before its outcome was stored.
        const again = await drive.create(one);
        if (again !== sale) throw new Error(`${one.name}: sale ${sale}, and again ${again}`);
        saleIds.set(one, sale);
        if (one.fate === 'cancelled') {
          await drive.cancel(one, sale);
          await drive.cancel(one, sale);
        }
        if (one.fate === 'shipped-and-invoiced') {
          await shipInTwo(admin, sale, [`${one.order.number} A`, `${one.order.number} B`]);
          await postInvoices(admin, sale);
        }
        say(`${one.name}: sale ${sale}`);
      }
      const wanted = cases.flatMap(({ lost }) => lost).length;
      const differences = [
        ...(await checkTryton(admin, cases)),
        ...checkEvents(await drive.events(), cases, saleIds),
      ];
      if (proxy.cut() !== wanted)
        differences.push({ case: 'proxy', what: 'answers lost', expected: wanted, found: proxy.cut() });
      const median = orderTimesMs.toSorted((a, b) => a - b)[Math.floor(orderTimesMs.length / 2)] ?? null;
      for (const difference of differences) say(JSON.stringify(difference));
      const timesMs = { ...server.timesMs, order: median };
      say(
        JSON.stringify({
          proof: 'tryton',
          ok: differences.length === 0,
          orders: cases.length,
          answersLost: proxy.cut(),
          differences: differences.length,
          timesMs,
        }),
      );
      return differences.length === 0;
    } finally {
      await drive.close();
      await proxy.close();
    }
  } finally {
    await server.stop();
  }
}

process.exitCode = (await prove()) ? 0 : 1;
