import { z } from 'zod';
import type { Call, Finding } from '#connector-sdk/connector.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import { type Rpc, type TrytonClient, TrytonFailure } from './client.ts';
import { encodeDate, microInstant } from './codec.ts';

const modules = ['sale', 'stock', 'account_invoice_stock'] as const;
/** Without it an order cannot be amended, and all else works. */
const amending = 'sale_amendment';

type Check = {
  readonly name: string;
  readonly remedy: string;
  run(rpc: Rpc, client: TrytonClient): Promise<Finding>;
};
const ok = (check: string, detail: string): Finding => ({ level: 'ok', check, detail, remedy: null });
const bad = (level: 'warning' | 'error', check: string, detail: string, remedy: string): Finding => ({
  level,
  check,
  detail,
  remedy,
});

/** Looks at the account and names what would stop an order, each with its remedy. */
export async function examine(call: Call, client: TrytonClient): Promise<readonly Finding[]> {
  const findings = [await serverVersion(call, client)];
  for (const check of checks) {
    const found = await client.attempt<Finding>(call, (rpc) => check.run(rpc, client));
    findings.push('level' in found ? found : bad('error', check.name, detailOf(found), check.remedy));
    // Without a session every further check would only say so again.
    if ('kind' in found && found.kind === 'unauthorized') break;
  }
  return findings;
}

async function serverVersion(call: Call, client: TrytonClient): Promise<Finding> {
  const version = await client.serverVersion(call);
  if (typeof version !== 'string')
    return bad(
      'error',
      'server version',
      detailOf(version),
      'check the base URL and whether trytond listens there',
    );
  if (version.startsWith('6.0.')) return ok('server version', version);
  return bad(
    'warning',
    'server version',
    `${version}; proved against 6.0`,
    'run the proof against this version before relying on it',
  );
}

const checks: readonly Check[] = [
  {
    name: 'company',
    remedy: "set a company in the user's preferences, or in this connection",
    async run(rpc) {
      const company = await rpc.company();
      const [row] = z
        .array(
          z.object({
            'currency.': z.object({ code: z.string() }),
            'party.': z.object({ name: z.string().nullable() }),
          }),
        )
        .parse(
          await rpc.read('model.company.company.search_read', [['id', '=', company]], 0, 1, null, [
            'party.name',
            'currency.code',
          ]),
        );
      if (row === undefined)
        return bad(
          'error',
          'company',
          `the user cannot see company ${company}`,
          "add the company to the user's companies",
        );
      return ok('company', `${row['party.'].name ?? ''} (${company}) books in ${row['currency.'].code}`);
    },
  },
  {
    name: 'modules',
    remedy: 'activate the modules with trytond-admin -u',
    async run(rpc, { config }) {
      const wanted = [...modules, ...(config.tracking === 'packages' ? ['stock_package_shipping'] : [])];
      const rows = z.array(z.object({ name: z.string() })).parse(
        await rpc.read(
          'model.ir.module.search_read',
          [
            ['state', '=', 'activated'],
            ['name', 'in', [...wanted, amending]],
          ],
          0,
          null,
          null,
          ['name'],
        ),
      );
      const missing = wanted.filter((name) => !rows.some((row) => row.name === name));
      if (missing.length === 0 && !rows.some((row) => row.name === amending))
        return bad(
          'warning',
          'modules',
          `not active: ${amending}; edits after release are left to people`,
          `trytond-admin -c trytond.conf -d ${config.database} -u ${amending} --activate-dependencies`,
        );
      if (missing.length === 0) return ok('modules', wanted.join(', '));
      return bad(
        'error',
        'modules',
        `not active: ${missing.join(', ')}`,
        `trytond-admin -c trytond.conf -d ${config.database} -u ${missing.join(' ')} --activate-dependencies`,
      );
    },
  },
  {
    name: 'rights',
    remedy: 'give the user the groups Sales, Sales Administrator, Stock, Account, Party Administration',
    async run(rpc) {
      const models = [
        'sale.sale',
        'sale.line',
        'party.party',
        'party.address',
        'stock.shipment.out',
        'account.invoice',
        'account.tax',
        'product.product',
      ];
      const refused: string[] = [];
      for (const model of models) {
        try {
          await rpc.read(`model.${model}.search`, [], 0, 1, null);
        } catch (error) {
          if (!(error instanceof TrytonFailure) || error.outcome.kind !== 'rejected') throw error;
          refused.push(model);
        }
      }
      if (refused.length === 0) return ok('rights', 'all models can be read');
      return bad(
        'error',
        'rights',
        `cannot read ${refused.join(', ')}`,
        'give the user the groups that README.md names',
      );
    },
  },
  {
    name: 'fiscal year',
    remedy: 'open a fiscal year and create its periods',
    async run(rpc, client) {
      const today = encodeDate(microInstant(client.now()).slice(0, 10));
      const domain = [
        ['company', '=', await rpc.company()],
        ['state', '=', 'open'],
        ['start_date', '<=', today],
        ['end_date', '>=', today],
      ];
      const open = z.int().parse(await rpc.read('model.account.period.search_count', domain));
      if (open > 0) return ok('fiscal year', 'a period is open for today');
      return bad(
        'error',
        'fiscal year',
        'no period is open for today: invoices cannot be posted',
        'open a fiscal year for today and create its periods',
      );
    },
  },
  {
    name: 'warehouse',
    remedy: 'set `warehouse` to the code of a warehouse',
    async run(rpc, { config }) {
      const found = z.int().parse(
        await rpc.read('model.stock.location.search_count', [
          ['type', '=', 'warehouse'],
          ['OR', ['code', '=', config.warehouse], ['name', '=', config.warehouse]],
        ]),
      );
      return found === 1
        ? ok('warehouse', config.warehouse)
        : bad(
            'error',
            'warehouse',
            `${found} warehouses are called "${config.warehouse}"`,
            'set `warehouse` to the code of exactly one warehouse',
          );
    },
  },
  {
    name: 'processing',
    remedy: 'let the user read the sale configuration',
    async run(rpc) {
      const [row] = z
        .array(z.object({ sale_process_after: z.json() }))
        .parse(await rpc.read('model.sale.configuration.read', [1], ['sale_process_after']));
      if (row === undefined || row.sale_process_after === null)
        return ok('processing', 'sales are processed as soon as they are confirmed');
      return bad(
        'warning',
        'processing',
        'Tryton waits before it processes a confirmed sale; this connector does not',
        'clear "Process Sale after" in the sale configuration',
      );
    },
  },
];

const detailOf = (outcome: Outcome): string => ('detail' in outcome ? outcome.detail : outcome.kind);
