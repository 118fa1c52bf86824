import type { Call, Connector } from '#connector-sdk/connector.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import { changesPoller } from './changes/changes-poller.ts';
import { SalesforceClient } from './client.ts';
import { collectionRecords } from './client-limits.ts';
import { configSchema, type SalesforceConfig } from './config.ts';
import { deliverOrder } from './delivery/deliver-order.ts';
import { accessChecks, orgChecks } from './doctor/account-checks.ts';
import { changeChecks } from './doctor/change-checks.ts';
import { objectChecks } from './doctor/object-checks.ts';
import { readOrgFacts } from './doctor/org-facts.ts';
import { inbound } from './inbound/topics.ts';
import { orderConflictKeys, renderOrderUpsert } from './outbound/order-upsert.ts';

async function probe(call: Call, client: SalesforceClient): Promise<Outcome> {
  const answer = await client.ask({ method: 'GET', path: '/limits', effect: 'read' }, call);
  return answer.ok ? { kind: 'done', result: null } : answer.failure;
}

/** Salesforce: the CRM that shows each order with its account, contact, products and status. */
export const salesforce: Connector<SalesforceConfig, SalesforceClient> = {
  id: 'salesforce',
  title: 'Salesforce',
  apiVersion: '67.0',
  roles: ['crm'],
  config: configSchema,
  // Salesforce counts calls over a rolling 24 h and tells on each reply what is left, so that there is no bucket to guess.
  // Where orders are shown as summaries, those that wait are not calls: up to 200 go in one.
  limits: ({ org, concurrency }) => ({
    concurrency: org.orderMode === 'summary' ? collectionRecords : concurrency,
    bucket: null,
  }),
  open: (config, services) => new SalesforceClient(config, services),
  inbound,
  pollers: { changes: changesPoller },
  commands: {
    'crm.order.upsert': {
      name: 'crm.order.upsert',
      safety: { kind: 'upsert' },
      timeoutMs: 30_000,
      // A row lock is waited for up to 10 s before the transaction goes on; what is not done by then has been rolled back.
      settleMs: 15_000,
      // Look-ups are SOQL, which reads what is committed; only SOSL searches an index that lags.
      searchLagMs: 0,
      render: renderOrderUpsert,
      conflictKeys: orderConflictKeys,
      send: deliverOrder,
    },
  },
  probe,
  doctor: async (call, client) => {
    const facts = await readOrgFacts(client, call);
    return [
      ...accessChecks(client.config, facts),
      ...orgChecks(client.config, facts),
      ...objectChecks(client.config, facts),
      ...(await changeChecks(client, call)),
    ];
  },
};
