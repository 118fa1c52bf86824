import type { Shipment } from '#canonical/fulfillment.ts';
import type { CommandHandler } from '#connector-sdk/connector.ts';
import { unmappable } from '#connector-sdk/mapping.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import type { CallBounds, ShopifyClient } from '../client.ts';
import { gid, shopifyRef } from '../gid.ts';
import { type Failure, userErrorOutcome } from '../graphql-answer.ts';
import { fulfillmentDisplayQuery } from '../queries/fulfillment-display.ts';
import { fulfillmentEventCreateMutation } from '../queries/fulfillment-event-create.ts';

export type FulfillmentUpdateRequest = {
  readonly orderId: string;
  readonly fulfillmentId: string;
  /** A FulfillmentEventStatus. */
  readonly status: string;
};

/** Shopify has no event of its own for goods that were collected. */
const eventOf: { readonly [S in Shipment['status']]?: string } = {
  'ready-for-pickup': 'READY_FOR_PICKUP',
  collected: 'DELIVERED',
  delivered: 'DELIVERED',
  undeliverable: 'FAILURE',
};

/**
 * Says how a fulfilment went on, by a fulfilment event. What the fulfilment shows last tells whether that is said already. Whether the buyer
 * is written to is a setting of the shop: the mutation has no flag for it.
 */
export const fulfillmentUpdate: CommandHandler<
  'storefront.fulfillment.update',
  FulfillmentUpdateRequest,
  ShopifyClient
> = {
  name: 'storefront.fulfillment.update',
  safety: { kind: 'lookup-first' },
  timeoutMs: 15_000,
  // (K) as for a new fulfilment.
  settleMs: 10_000,
  searchLagMs: 0,
  render({ order, fulfillment, shipment }) {
    if (order.type !== 'Order' || !/^\d+$/.test(order.id))
      throw unmappable('order', `${order.type} ${order.id} is no Shopify order`);
    if (fulfillment.type !== 'Fulfillment' || !/^\d+$/.test(fulfillment.id))
      throw unmappable('fulfillment', `${fulfillment.type} ${fulfillment.id} is no Shopify fulfilment`);
    const status = eventOf[shipment.status];
    if (status === undefined)
      throw unmappable('shipment.status', `Shopify has no fulfilment event for "${shipment.status}"`);
    return { orderId: order.id, fulfillmentId: fulfillment.id, status };
  },
  conflictKeys: ({ orderId }) => [`order:${orderId}`],
  async find(request, call, client): Promise<Found> {
    const shown = await displayOf(request, call, client);
    if (shown.kind !== 'shown') return shown;
    return shown.status === request.status
      ? { kind: 'found', outcome: done(request, client) }
      : { kind: 'absent' };
  },
  async send(request, call, client): Promise<Outcome> {
    const { fulfillmentId, status } = request;
    const variables = { fulfillmentEvent: { fulfillmentId: gid('Fulfillment', fulfillmentId), status } };
    const answer = await client.run(fulfillmentEventCreateMutation, variables, call);
    if (answer.kind !== 'answer') return answer;
    const payload = answer.data.fulfillmentEventCreate;
    if (payload?.fulfillmentEvent) return done(request, client);
    return (
      userErrorOutcome(payload?.userErrors ?? []) ?? {
        kind: 'outcome-unknown',
        detail: 'neither an event nor an error came back',
      }
    );
  },
};

type Shown = { readonly kind: 'shown'; readonly status: string | null } | Failure;

async function displayOf(
  { fulfillmentId }: FulfillmentUpdateRequest,
  call: CallBounds,
  client: ShopifyClient,
): Promise<Shown> {
  const answer = await client.run(fulfillmentDisplayQuery, { id: gid('Fulfillment', fulfillmentId) }, call);
  if (answer.kind !== 'answer') return answer;
  const { node } = answer.data;
  if (node?.id === undefined)
    return { kind: 'rejected', code: 'not-found', detail: `the shop has no fulfilment ${fulfillmentId}` };
  return { kind: 'shown', status: node.displayStatus ?? null };
}

const done = (
  { fulfillmentId, status }: FulfillmentUpdateRequest,
  { connection }: ShopifyClient,
): Extract<Outcome, { kind: 'done' }> => ({
  kind: 'done',
  result: { status },
  refs: [shopifyRef(connection, 'Fulfillment', fulfillmentId)],
});
