import type { OrderRecord, TransactionRecord } from './records.ts';
import type { CaptureAsked, CaptureRefused } from './capturing.ts';
import type { FulfillmentAsked } from './fulfilling.ts';
import type { Shop } from './shop.ts';
import type { Roots } from './admin-api.ts';

export type AccountOptions = {
  readonly shop: string;
  readonly currency: string;
  readonly taxesIncluded: boolean;
  readonly plus: boolean;
  readonly scopes: readonly string[];
  readonly supportedVersions: readonly string[];
  now(): number;
};

type PageArguments = {
  readonly first?: number;
  readonly after?: string | null;
  readonly query?: string | null;
};
const cursorOf = ({ updatedAt, id }: OrderRecord): string => `${updatedAt}|${id}`;

/** The fields of Query and Mutation that the emulated shop answers. */
export function shopRoots(shop: Shop, account: AccountOptions): Roots {
  /** Fulfilment orders that are not routed yet are not there. */
  const seen = (order: OrderRecord | undefined) =>
    order === undefined
      ? null
      : {
          ...order,
          fulfillmentOrders: order.fulfillmentOrders.filter(
            ({ visibleFromMs }) => visibleFromMs <= account.now(),
          ),
        };

  const node = (id: string) => {
    const orders = [...shop.orders.values()];
    return (
      shop.orders.get(id) ??
      shop.book.get(id)?.record ??
      orders.flatMap(({ fulfillments }) => fulfillments).find((record) => record.id === id) ??
      orders.flatMap(({ refunds }) => refunds).find((record) => record.id === id) ??
      null
    );
  };

  return {
    shop: () => ({
      id: 'gid://shopify/Shop/548380009',
      name: 'Emulated shop',
      myshopifyDomain: account.shop,
      currencyCode: account.currency,
      taxesIncluded: account.taxesIncluded,
      plan: { publicDisplayName: account.plus ? 'Plus' : 'Basic', shopifyPlus: account.plus },
    }),
    currentAppInstallation: () => ({
      accessScopes: account.scopes.map((handle) => ({ handle, description: handle })),
    }),
    publicApiVersions: () =>
      account.supportedVersions.map((handle) => ({ handle, supported: true, displayName: handle })),
    order: ({ id }: { readonly id: string }) => {
      const order = shop.orders.get(id);
      shop.payments.settle(order);
      return seen(order);
    },
    orderCapture: ({ input }: { readonly input: CaptureAsked }) => withErrors(shop.payments.capture(input)),
    transactionVoid: ({ parentTransactionId }: { readonly parentTransactionId: string }) =>
      withErrors(shop.payments.void(parentTransactionId)),
    node: ({ id }: { readonly id: string }) => node(id),
    orders: (args: PageArguments) => changedOrders([...shop.orders.values()], args, account.now()),
    webhookSubscriptions: () => shop.subscriptions,
    fulfillmentCreate: ({ fulfillment }: { readonly fulfillment: FulfillmentAsked }) => {
      const made = shop.fulfill(fulfillment);
      return 'refused' in made
        ? { fulfillment: null, userErrors: [{ field: made.field, message: made.refused }] }
        : { fulfillment: made, userErrors: [] };
    },
    fulfillmentEventCreate: ({
      fulfillmentEvent: { fulfillmentId, status },
    }: {
      readonly fulfillmentEvent: { readonly fulfillmentId: string; readonly status: string };
    }) => {
      if (!shop.trackFulfillment(fulfillmentId.split('/').at(-1) ?? '', status))
        return {
          fulfillmentEvent: null,
          userErrors: [{ field: ['fulfillmentEvent'], message: 'Fulfillment does not exist.' }],
        };
      return { fulfillmentEvent: { id: shop.ids.gid('FulfillmentEvent'), status }, userErrors: [] };
    },
    webhookSubscriptionCreate: ({
      topic,
      webhookSubscription,
    }: {
      readonly topic: string;
      readonly webhookSubscription: { readonly uri?: string };
    }) => {
      const made = webhookSubscription.uri ? shop.subscribe(topic, webhookSubscription.uri) : null;
      const message = webhookSubscription.uri
        ? 'Address for this topic has already been taken'
        : "Address can't be blank";
      return made
        ? { webhookSubscription: made, userErrors: [] }
        : { webhookSubscription: null, userErrors: [{ field: ['webhookSubscription', 'uri'], message }] };
    },
  };
}

const withErrors = (made: TransactionRecord | CaptureRefused) =>
  'refused' in made
    ? { transaction: null, userErrors: [{ field: made.field, message: made.refused, code: made.code }] }
    : { transaction: made, userErrors: [] };

/** The search index: what it has not seen yet is not found; a page begins after the order that the last one ended with. */
function changedOrders(
  orders: readonly OrderRecord[],
  { first = 50, after, query }: PageArguments,
  nowMs: number,
) {
  const from = /updated_at:>='?([^']+)'?/.exec(query ?? '')?.[1];
  const fromMs = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from);
  const found = orders
    .filter((order) => order.indexedFromMs <= nowMs && Date.parse(order.updatedAt) >= fromMs)
    .toSorted((a, b) => (cursorOf(a) < cursorOf(b) ? -1 : 1));
  const rest = after ? found.filter((order) => cursorOf(order) > after) : found;
  const nodes = rest.slice(0, first);
  const last = nodes.at(-1);
  const pageInfo = {
    hasNextPage: rest.length > first,
    hasPreviousPage: false,
    startCursor: null,
    endCursor: last ? cursorOf(last) : null,
  };
  return { nodes, edges: nodes.map((order) => ({ node: order, cursor: cursorOf(order) })), pageInfo };
}
