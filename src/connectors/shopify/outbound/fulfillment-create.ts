import type { CommandPayload } from '#canonical/command.ts';
import type { Call, CommandHandler } from '#connector-sdk/connector.ts';
import { unmappable } from '#connector-sdk/mapping.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import type { CallBounds, ShopifyClient } from '../client.ts';
import { gid, idOfGid, shopifyRef } from '../gid.ts';
import { type Failure, userErrorOutcome } from '../graphql-answer.ts';
import { fulfillmentCreateMutation } from '../queries/fulfillment-create.ts';
import type { FulfilmentState } from '../queries/fulfilment-state.ts';
import { readFulfilmentState } from '../fulfilment-state-reading.ts';
import { type Plan, type PlannedCall, planFulfilment } from './fulfilment-plan.ts';

export type FulfillmentRequest = {
  readonly orderId: string;
  /** What Shopify shows as tracking numbers, and by which we find the fulfilment again. Never empty. */
  readonly markers: readonly string[];
  readonly trackingCompany: string | null;
  readonly trackingUrls: readonly string[];
  readonly preferredLocationId: string | null;
  readonly notifyCustomer: boolean;
  readonly lines: readonly {
    readonly lineItemId: string | null;
    readonly sku: string | null;
    readonly quantity: number;
  }[];
};

/**
 * Tells the shop that goods left. Shopify takes no idempotency key here, and a fulfilment has neither metafields nor a note, so the tracking
 * number is the only mark that we can put on it. A shipment without one carries its own number instead; then a look-up is certain in
 * any case. Reads by id, so nothing lags.
 */
export const fulfillmentCreate: CommandHandler<
  'storefront.fulfillment.create',
  FulfillmentRequest,
  ShopifyClient
> = {
  name: 'storefront.fulfillment.create',
  safety: { kind: 'lookup-first' },
  timeoutMs: 15_000,
  // (K) how long a mutation may still run at Shopify after its connection was lost.
  settleMs: 10_000,
  searchLagMs: 0,
  render(payload, context) {
    const { order, shipment } = payload;
    if (order.type !== 'Order' || !/^\d+$/.test(order.id))
      throw unmappable('order', `${order.type} ${order.id} is no Shopify order`);
    const tracked = shipment.packages.filter(({ trackingNumber }) => trackingNumber !== null);
    const numbers = tracked.flatMap(({ trackingNumber }) => trackingNumber ?? []);
    const urls = tracked.map(({ trackingUrl }) => trackingUrl);
    const location =
      shipment.location === null ? null : context.crosswalkOptional('location', shipment.location.id);
    const locationId = location ?? context.config['defaultLocationId'];
    return {
      orderId: order.id,
      markers: numbers.length > 0 ? [...new Set(numbers)] : [shipment.number ?? shipment.id],
      trackingCompany: tracked[0]?.carrier ?? textOrNull(context.config['trackingCompany']),
      trackingUrls: urls.every((url) => url !== null) ? urls : [],
      preferredLocationId: typeof locationId === 'string' ? gid('Location', locationId) : null,
      notifyCustomer: payload.notifyCustomer,
      lines: shipment.lines.map(wantedLine),
    };
  },
  /** Two shipments of one order would plan against the same fulfilment orders. */
  conflictKeys: ({ orderId }) => [`order:${orderId}`],
  async find(request, call, client): Promise<Found> {
    const state = await readFulfilmentState(request.orderId, call, client);
    if (state.kind !== 'state') return state;
    const plan = planOf(request, state.order);
    return plan.kind === 'there'
      ? { kind: 'found', outcome: done(plan.fulfillmentIds, client.connection) }
      : { kind: 'absent' };
  },
  async send(request, call, client): Promise<Outcome> {
    const state = await readFulfilmentState(request.orderId, call, client);
    if (state.kind !== 'state') return state;
    const plan = planOf(request, state.order);
    switch (plan.kind) {
      case 'there':
        return done(plan.fulfillmentIds, client.connection);
      case 'not-routed':
        return { kind: 'conflict', stale: false, detail: 'Shopify has not made fulfilment orders yet' };
      case 'held':
        return {
          kind: 'rejected',
          code: 'fulfilment-on-hold',
          detail: 'the fulfilment order is on hold: release it in Shopify, then send again',
        };
      case 'nothing-left':
        return { kind: 'rejected', code: 'nothing-to-fulfil', detail: plan.detail };
      case 'calls':
        return createAll(request, plan.calls, call, client);
    }
  },
};

type PayloadLine = CommandPayload<'storefront.fulfillment.create'>['shipment']['lines'][number];

function wantedLine(
  { lineId, sku, quantity }: PayloadLine,
  index: number,
): FulfillmentRequest['lines'][number] {
  const path = `shipment.lines[${index}]`;
  const units = Number(quantity);
  if (!Number.isSafeInteger(units) || units <= 0)
    throw unmappable(`${path}.quantity`, `${quantity} is no whole number of pieces`);
  if (lineId === null && sku === null) throw unmappable(path, 'names neither an order line nor a SKU');
  if (lineId !== null && !/^\d+$/.test(lineId))
    throw unmappable(`${path}.lineId`, `"${lineId}" is no line of a Shopify order`);
  return { lineItemId: lineId === null ? null : gid('LineItem', lineId), sku, quantity: units };
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const planOf = (request: FulfillmentRequest, order: FulfilmentState): Plan =>
  planFulfilment(request.lines, request.markers, request.preferredLocationId, order);

function done(fulfillmentIds: readonly string[], connection: string): Extract<Outcome, { kind: 'done' }> {
  const ids = fulfillmentIds.map((id) => idOfGid('Fulfillment', id) ?? id);
  return {
    kind: 'done',
    result: { fulfillmentIds: ids },
    refs: ids.map((id) => shopifyRef(connection, 'Fulfillment', id)),
  };
}

/** One call a location, since a fulfilment cannot span two. Once the first took effect a failure leaves the outcome open: the look-up finds what is missing. */
async function createAll(
  request: FulfillmentRequest,
  calls: readonly PlannedCall[],
  call: Call,
  client: ShopifyClient,
): Promise<Outcome> {
  const made: string[] = [];
  for (const planned of calls) {
    const created = await create(request, planned, call, client);
    if (created.kind === 'created') made.push(created.id);
    else if (made.length === 0) return created;
    else
      return {
        kind: 'outcome-unknown',
        detail: `${made.length} of ${calls.length} locations fulfilled: ${created.detail}`,
      };
  }
  return done(made, client.connection);
}

async function create(
  request: FulfillmentRequest,
  planned: PlannedCall,
  call: CallBounds,
  client: ShopifyClient,
): Promise<{ readonly kind: 'created'; readonly id: string } | Failure> {
  const answer = await client.run(
    fulfillmentCreateMutation,
    {
      fulfillment: {
        notifyCustomer: request.notifyCustomer,
        trackingInfo: {
          numbers: request.markers,
          ...(request.trackingCompany !== null && { company: request.trackingCompany }),
          ...(request.trackingUrls.length > 0 && { urls: request.trackingUrls }),
        },
        lineItemsByFulfillmentOrder: planned.fulfillmentOrders.map(({ fulfillmentOrderId, lines }) => ({
          fulfillmentOrderId,
          fulfillmentOrderLineItems: lines.map(({ id, quantity }) => ({ id, quantity })),
        })),
      },
    },
    call,
  );
  if (answer.kind !== 'answer') return answer;
  const payload = answer.data.fulfillmentCreate;
  if (payload?.fulfillment) return { kind: 'created', id: payload.fulfillment.id };
  const refusal = userErrorOutcome(payload?.userErrors ?? []);
  if (refusal === null)
    return { kind: 'outcome-unknown', detail: 'neither a fulfilment nor an error came back' };
  return (await changedSince(request, planned, call, client)) ?? refusal;
}

/** The refusal carries no code. If what we planned with is no longer so, somebody was faster and the same bytes are right a little later. */
async function changedSince(
  request: FulfillmentRequest,
  planned: PlannedCall,
  call: CallBounds,
  client: ShopifyClient,
): Promise<Failure | null> {
  const state = await readFulfilmentState(request.orderId, call, client);
  if (state.kind !== 'state') return null;
  const left = new Map(
    state.order.fulfillmentOrders.nodes
      .filter(({ supportedActions }) =>
        supportedActions.some(({ action }) => action === 'CREATE_FULFILLMENT'),
      )
      .flatMap(({ lineItems }) =>
        lineItems.nodes.map(({ id, remainingQuantity }) => [id, remainingQuantity] as const),
      ),
  );
  const isAsPlanned = planned.fulfillmentOrders.every(({ lines }) =>
    lines.every(({ id, quantity }) => (left.get(id) ?? 0) >= quantity),
  );
  return isAsPlanned
    ? null
    : { kind: 'conflict', stale: false, detail: 'the fulfilment orders changed meanwhile' };
}
