import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { externalId } from '../sinks/salesforce-sink.ts';
import type { SinkUrls } from '../sinks/sink-messages.ts';

/** The one secret of all accounts; the folders name the variable that holds it. */
export const benchSecret = 'bench-webhook-secret';
export const secretVariables = { BENCH_SECRET: benchSecret } as const;
export const shopDomain = 'bench-shop.myshopify.com';

/**
 * How the retailers' ERP and CRM are connected: by the product's own connectors; by the bench's, with one call a command; or by those with
 * a process that asks for one command a system, so that an order costs the calls that it costs a peer.
 */
export type ConnectorChoice = 'real' | 'one-call' | 'relay';

/** The most that the connectors' own settings allow at once; one-call connectors have no such bound. */
const concurrency = { tryton: 16, salesforce: 25, oneCall: 256 } as const;

/** Crosswalk rows that an order of the bench needs. */
const crosswalks = {
  'tax-code': 'key,value,note\nBench Tax 0.1,Bench 10%,\n',
  'ship-method': 'key,value,note\nstandard,SHIP,\n',
  item: 'key,value,note\nrounding,ROUNDING,\n',
} as const;

/** Writes one folder a retailer, as data, all alike but for the name: several accounts, since one account's limits bind early. */
export async function writeRetailers(
  directory: string,
  urls: SinkUrls,
  options: { readonly retailers: number; readonly connectors: ConnectorChoice },
): Promise<readonly string[]> {
  const tenants = Array.from({ length: options.retailers }, (_, index) => `bench-${index + 1}`);
  for (const tenant of tenants) {
    const own = tenant === tenants.at(-1) ? { ...urls, erp: urls.otherErp } : urls;
    const folder = join(directory, tenant);
    await mkdir(join(folder, 'crosswalks', 'erp'), { recursive: true });
    await writeFile(
      join(folder, 'retailer.json'),
      JSON.stringify(retailer(tenant, own, options.connectors), null, 2),
    );
    for (const [table, rows] of Object.entries(crosswalks))
      await writeFile(join(folder, 'crosswalks', 'erp', `${table}.csv`), rows);
  }
  return tenants;
}

function retailer(tenant: string, urls: SinkUrls, connectors: ConnectorChoice): object {
  return {
    tenant,
    name: `Retailer ${tenant} of the benchmark`,
    connections: {
      shop: {
        connector: 'shopify',
        allowPrivateAddresses: true,
        config: {
          shop: shopDomain,
          auth: { kind: 'access-token', accessToken: '${env:BENCH_SECRET}' },
          clientSecret: '${env:BENCH_SECRET}',
          baseUrl: urls.shop,
        },
      },
      ...(connectors === 'real' ? realPlatforms(urls) : oneCallPlatforms(urls)),
    },
    roles: { storefronts: ['shop'], erp: 'erp', crm: 'crm' },
    // Nobody polls the ERP in a run, so nobody may miss an order there.
    rules: { 'order-to-cash': { census: { missingAfterMs: 86_400_000 } } },
  };
}

function realPlatforms(urls: SinkUrls): object {
  return {
    erp: {
      connector: 'tryton',
      allowPrivateAddresses: true,
      config: {
        baseUrl: urls.erp,
        database: 'bench',
        user: 'tallyport',
        password: '${env:BENCH_SECRET}',
        items: 'same-as-sku',
        paymentTerm: 'Immediate',
        concurrency: concurrency.tryton,
      },
    },
    crm: {
      connector: 'salesforce',
      allowPrivateAddresses: true,
      config: {
        instanceUrl: urls.crm,
        auth: { flow: 'client-credentials', clientId: 'bench', clientSecret: '${env:BENCH_SECRET}' },
        concurrency: concurrency.salesforce,
        org: {
          currency: 'USD',
          externalIdFields: { Order: externalId },
          orderFields: { erpNumber: 'Erp_Number__c', note: 'Note__c' },
        },
      },
    },
  };
}

const oneCallPlatforms = (urls: SinkUrls): object =>
  Object.fromEntries(
    (['erp', 'crm'] as const).map((system) => [
      system,
      {
        connector: 'one-call',
        allowPrivateAddresses: true,
        config: { baseUrl: urls[system], concurrency: concurrency.oneCall },
      },
    ]),
  );
