import { readFileSync } from 'node:fs';
import type { CommandPayload } from '#canonical/command.ts';
import { commandPayloads } from '#canonical/command.ts';
import type { Order } from '#canonical/order.ts';
import { orderSchema } from '#canonical/order.ts';
import { newCall } from '#connector-sdk/call.ts';
import { renderContext, type CrosswalkRows } from '#connector-sdk/crosswalk-context.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import type { Emulator } from '#connector-testkit/emulator.ts';
import { testServices, type TestServices } from '#connector-testkit/test-services.ts';
import type { SalesforceClient } from '../client.ts';
import { configSchema, type SalesforceConfig } from '../config.ts';
import { salesforce } from '../connector.ts';
import { deliverOrder } from '../delivery/deliver-order.ts';
import { salesforceEmulator } from '../emulator.ts';
import type { EmulatedOrg } from '../emulator/emulated-org.ts';
import type { SalesforceEmulatorOptions } from '../emulator/org-options.ts';
import { renderOrderUpsert } from '../outbound/order-upsert.ts';
import type { OrderUpsertRequest } from '../outbound/request.ts';

type Payload = CommandPayload<'crm.order.upsert'>;

/** An order of the fixtures, with changes. */
export function fixtureOrder(
  name: string,
  change: (order: Record<string, unknown>) => void = () => {},
): Order {
  const order = JSON.parse(
    readFileSync(new URL(`../fixtures/orders/${name}.json`, import.meta.url), 'utf8'),
  ) as Record<string, unknown>;
  change(order);
  return orderSchema.parse(order);
}

export const payloadOf = (order: Order, more: Partial<Payload> = {}): Payload =>
  commandPayloads['crm.order.upsert'].parse({
    order,
    status: 'captured',
    erp: null,
    shipments: [],
    invoices: [],
    ...more,
  });

/** How the connector's settings name the emulated org. */
export function benchConfig(
  emulator: Pick<Emulator<EmulatedOrg>, 'url' | 'platform'>,
  org: object = {},
  more: object = {},
): SalesforceConfig {
  const { auth, oauth } = emulator.platform;
  return configSchema.parse({
    instanceUrl: emulator.url,
    auth: {
      flow: 'jwt-bearer',
      consumerKey: auth.consumerKey,
      username: auth.username,
      privateKey: oauth.privateKey,
    },
    org: { currency: 'USD', ...org },
    ...more,
  });
}

export type OrgBench = {
  readonly emulator: Emulator<EmulatedOrg>;
  readonly org: EmulatedOrg;
  readonly client: SalesforceClient;
  readonly services: TestServices;
  readonly config: SalesforceConfig;
  readonly render: (payload: Payload, crosswalks?: CrosswalkRows[string]) => OrderUpsertRequest;
  readonly send: (payload: Payload, crosswalks?: CrosswalkRows[string]) => Promise<Outcome>;
  /** Another worker: same account, nothing remembered. */
  readonly another: () => SalesforceClient;
  /** Sends the same rendered bytes. */
  readonly sendRequest: (
    request: OrderUpsertRequest,
    timeoutMs?: number,
    client?: SalesforceClient,
  ) => Promise<Outcome>;
  readonly count: (type: string) => number;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** An emulated org with a connector logged in to it. */
export async function orgBench(
  options: SalesforceEmulatorOptions = {},
  org: object = {},
  more: object = {},
): Promise<OrgBench> {
  const emulator = await salesforceEmulator(options);
  const services = testServices({ connection: 'crm' });
  const config = benchConfig(emulator, org, more);
  const client = salesforce.open(config, services);
  const render: OrgBench['render'] = (payload, rows = {}) =>
    renderOrderUpsert(
      payload,
      renderContext({ connection: 'crm', crosswalks: { crm: rows }, links: {}, config }).context,
    );
  const sendRequest: OrgBench['sendRequest'] = (request, timeoutMs = 5_000, sender = client) =>
    deliverOrder(request, newCall({ timeoutMs }), sender);
  return {
    emulator,
    org: emulator.platform,
    client,
    services,
    config,
    render,
    sendRequest,
    send: (payload, rows) => sendRequest(render(payload, rows)),
    another: () => salesforce.open(config, services),
    count: (type) => emulator.journal.effects.filter((effect) => effect.type === type).length,
    async [Symbol.asyncDispose]() {
      await services.close();
      await emulator.close();
    },
  };
}
