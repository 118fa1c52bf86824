import type { Json } from '#canonical/json.ts';
import type { Order } from '#canonical/order.ts';
import { newCall } from '#connector-sdk/call.ts';
import type { PolledRecord } from '#connector-sdk/connector.ts';
import { type CrosswalkRows, renderContext } from '#connector-sdk/crosswalk-context.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import type { Emulator } from '#connector-testkit/emulator.ts';
import { type Delivery, deliver } from '#connector-testkit/deliver.ts';
import { type TestServices, testServices } from '#connector-testkit/test-services.ts';
import type { NetSuiteClient } from '../client.ts';
import { configSchema, type NetSuiteConfig } from '../config.ts';
import { netsuite } from '../connector.ts';
import { netsuiteEmulator, type NetSuiteEmulatorOptions, type NetSuitePlatform } from '../emulator.ts';
import { amendOrder } from '../orders/amend-order.ts';
import { cancelOrder } from '../orders/cancel-order.ts';
import { createOrder } from '../orders/create-order.ts';
import type { OrderCreateRequest } from '../outbound/request.ts';
import { ecKeys } from './keys.ts';

export const connection = 'netsuite-uk';
export const account = '1234567_SB1';
export const timeZone = 'America/Los_Angeles';
export const certificate = { clientId: 'client-of-the-dock', certificateId: 'certificate-1' };
export const tokens = {
  consumerKey: 'consumer-key',
  consumerSecret: 'consumer-secret-of-the-dock',
  tokenId: 'token-id',
  tokenSecret: 'token-secret-of-the-dock',
};

/** The rows that a retailer would keep for this account. */
export const crosswalks: CrosswalkRows = {
  [connection]: {
    item: { rounding: 'ROUNDING', 'gift-card': 'GIFT', fee: 'FEE', tip: 'TIP', duty: 'DUTY' },
    'tax-code': { 'GB vat 0.2': '20', 'GB vat 0.05': '5', none: '-7' },
    'ship-method': { standard: '31' },
    'payment-terms': { 'net-30': '2' },
    'payment-method': { card: '5' },
  },
};

export const platform = (
  options: Partial<NetSuiteEmulatorOptions> = {},
): Promise<Emulator<NetSuitePlatform>> =>
  netsuiteEmulator({
    account,
    oauth2: { ...certificate, publicKey: ecKeys.publicKey },
    tba: tokens,
    timeZone,
    ...options,
  });

/** An account with a connector logged in to it, and the commands as the engine runs them. */
export type Bench = {
  readonly emulator: Emulator<NetSuitePlatform>;
  readonly client: NetSuiteClient;
  readonly config: NetSuiteConfig;
  readonly services: TestServices;
  render(order: Order): OrderCreateRequest;
  create(order: Order): Promise<Outcome>;
  /** As the engine delivers it: looked up first, repeated while that is right. */
  deliver(order: Order, firstTimeoutMs?: number): Promise<Delivery>;
  /** Gives the order under that internal id the form of `order`. */
  amend(id: string, order: Order): Promise<Delivery>;
  cancel(order: { readonly id?: string; readonly shopId?: string }): Promise<Delivery>;
  poll(
    name: keyof typeof netsuite.pollers,
    cursor?: string | null,
  ): Promise<{ records: readonly PolledRecord[]; cursor: string }>;
  close(): Promise<void>;
};

export async function bench(
  settings: Partial<Record<keyof NetSuiteConfig, Json>> = {},
  options: Partial<NetSuiteEmulatorOptions> = {},
  /** Our own clock, where it is not the account's. */
  ourNow: (() => number) | undefined = options.now,
): Promise<Bench> {
  const emulator = await platform(options);
  const config = configSchema.parse({
    baseUrl: emulator.url,
    account,
    auth: { method: 'oauth2', ...certificate, algorithm: 'ES256', privateKey: ecKeys.privateKey },
    timeZone,
    items: 'same-as-sku',
    location: '1',
    subsidiary: '1',
    ...settings,
  });
  const services = testServices({ connection, ...(ourNow && { now: ourNow }) });
  const client = netsuite.open(config, services);
  const context = () => renderContext({ connection, crosswalks, links: {}, config }).context;
  const render = (order: Order): OrderCreateRequest => createOrder.render({ order }, context());
  const call = () => newCall({ timeoutMs: 30_000 });
  return {
    emulator,
    client,
    config,
    services,
    render,
    create: (order) => createOrder.send(render(order), call(), client),
    deliver: (order, firstTimeoutMs) =>
      deliver(createOrder, render(order), client, {
        key: order.id,
        settledMs: 250,
        ...(firstTimeoutMs !== undefined && { firstTimeoutMs }),
      }),
    amend(id, order) {
      const payload = {
        order,
        erp: { connection, type: 'salesOrder', id },
        number: null,
        changes: [],
        total: order.totals.grand.presentment,
      };
      const request = amendOrder.render(payload, context());
      return deliver(amendOrder, request, client, { key: `amend ${id}`, settledMs: 250 });
    },
    cancel({ id, shopId }) {
      const order =
        id === undefined
          ? { connection: 'shop', type: 'Order', id: shopId ?? '' }
          : { connection, type: 'salesOrder', id };
      const request = cancelOrder.render({ order, number: '#1', reason: 'customer' }, context());
      return deliver(cancelOrder, request, client, { key: `cancel ${order.id}`, settledMs: 250 });
    },
    async poll(name, cursor = null) {
      const poller = netsuite.pollers[name];
      if (poller === undefined) throw new RangeError(`no poller ${name}`);
      const records: PolledRecord[] = [];
      let from = cursor;
      for (;;) {
        const result = await poller.poll(from, call(), client);
        if (result.kind !== 'read') throw new Error(JSON.stringify(result));
        records.push(...result.records);
        from = result.cursor;
        if (!result.more) return { records, cursor: result.cursor };
      }
    },
    async close() {
      await services.close();
      await emulator.close();
    },
  };
}
