import type { Json } from '#canonical/json.ts';
import { money } from '#canonical/money.ts';
import type { Order } from '#canonical/order.ts';
import { newCall } from '#connector-sdk/call.ts';
import { type CrosswalkRows, renderContext } from '#connector-sdk/crosswalk-context.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import { type TestServices, testServices } from '#connector-testkit/test-services.ts';
import type { TrytonClient } from '../client.ts';
import { configSchema, type TrytonConfig } from '../config.ts';
import { tryton } from '../connector.ts';
import type { OrderCancelRequest, OrderCreateRequest } from '../outbound/request.ts';
import { amendSale } from '../sales/amend-sale.ts';
import { cancelSale } from '../sales/cancel-sale.ts';
import { createSale } from '../sales/create-sale.ts';

export const connection = 'tryton-uk';

/** The rows that a retailer would keep for this shop. */
export const crosswalks: CrosswalkRows = {
  [connection]: {
    item: { rounding: 'ROUNDING', 'gift-card': 'GIFT', fee: 'FEE', tip: 'TIP', duty: 'DUTY' },
    'tax-code': { 'GB vat 0.2': 'VAT 20%', 'GB vat 0.05': 'VAT 5%' },
    'ship-method': { standard: 'SHIP' },
    'payment-terms': { 'net-30': 'Net 30' },
  },
};

/** A connection to one server, with the commands as the engine runs them. */
export type Bench = {
  readonly client: TrytonClient;
  readonly config: TrytonConfig;
  readonly services: TestServices;
  render(order: Order): OrderCreateRequest;
  create(order: Order): Promise<Outcome>;
  send(request: OrderCreateRequest, timeoutMs?: number): Promise<Outcome>;
  cancel(saleId: string): Promise<Outcome>;
  /** As the engine does it: looks first, then sends. `order` is the form that the sale is to have. */
  amend(saleId: string, order: Order): Promise<Outcome>;
  close(): Promise<void>;
};

export function bench(
  settings: { readonly baseUrl: string } & Partial<Record<keyof TrytonConfig, Json>>,
): Bench {
  const config = configSchema.parse({
    database: 'tryton',
    user: 'tallyport',
    password: 'secret-of-the-dock',
    items: 'same-as-sku',
    ...settings,
  });
  const services = testServices({ connection });
  const client = tryton.open(config, services);
  const context = () => renderContext({ connection, crosswalks, links: {}, config }).context;
  const render = (order: Order): OrderCreateRequest => createSale.render({ order }, context());
  const send = (request: OrderCreateRequest, timeoutMs = 30_000): Promise<Outcome> =>
    createSale.send(request, newCall({ timeoutMs }), client);
  return {
    client,
    config,
    services,
    render,
    send,
    create: (order) => send(render(order)),
    cancel(saleId) {
      const request: OrderCancelRequest = cancelSale.render(
        { order: { connection, type: 'sale.sale', id: saleId }, number: saleId, reason: 'customer' },
        context(),
      );
      return cancelSale.send(request, newCall({ timeoutMs: 30_000 }), client);
    },
    async amend(saleId, order) {
      const erp = { connection, type: 'sale.sale', id: saleId };
      const { amountMinor, currency } = order.totals.grand.presentment;
      const total = money('presentment', currency, amountMinor);
      const request = amendSale.render({ order, erp, number: saleId, changes: [], total }, context());
      const found = await amendSale.find?.(request, newCall({ timeoutMs: 30_000 }), client);
      if (found !== undefined && found.kind === 'found') return found.outcome;
      return amendSale.send(request, newCall({ timeoutMs: 30_000 }), client);
    },
    close: () => services.close(),
  };
}
