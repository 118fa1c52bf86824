import { createHmac } from 'node:crypto';
import { orderBody } from './bench-order.ts';

/** What of a run is sent: the orders from `first` on, each once, plus repeats of the same delivery. */
export type DeliveryPlan = {
  readonly first: number;
  readonly orders: number;
  readonly version: number;
  /** Share of all deliveries that repeat an earlier one, byte for byte and under its delivery id. */
  readonly repeated: number;
  /** Paths of the receivers; an order goes to `paths[index % paths.length]`. */
  readonly paths: readonly string[];
  readonly secret: string;
  readonly shopDomain: string;
};

/** A whole HTTP request, ready for the socket, and which order it is about. */
export type Delivery = { readonly order: number; readonly bytes: Buffer; readonly isRepeat: boolean };

/** How far behind its first delivery a repeat is sent, in deliveries. */
const repeatLag = 40;

/** Made and signed beforehand, so that sending costs next to nothing. The repeats are spread evenly. */
export function deliveriesOf(plan: DeliveryPlan): Delivery[] {
  const deliveries: Delivery[] = [];
  const waiting: { readonly at: number; readonly delivery: Delivery }[] = [];
  const repeatsPerOrder = plan.repeated / (1 - plan.repeated);
  let owed = 0;
  for (let index = plan.first; index < plan.first + plan.orders; index += 1) {
    const first: Delivery = { order: index, bytes: requestBytes(plan, index), isRepeat: false };
    deliveries.push(first);
    owed += repeatsPerOrder;
    if (owed >= 1) {
      owed -= 1;
      waiting.push({ at: deliveries.length + repeatLag, delivery: { ...first, isRepeat: true } });
    }
    while ((waiting[0]?.at ?? Infinity) <= deliveries.length)
      deliveries.push(waiting.shift()?.delivery ?? first);
  }
  return [...deliveries, ...waiting.map(({ delivery }) => delivery)];
}

function requestBytes(plan: DeliveryPlan, index: number): Buffer {
  const body = Buffer.from(orderBody(index, plan.version));
  const id = `bench-${index}-${plan.version}`;
  const head = [
    `POST ${plan.paths[index % plan.paths.length]} HTTP/1.1`,
    'host: bench',
    'content-type: application/json',
    `content-length: ${body.length}`,
    `x-shopify-topic: ${plan.version === 1 ? 'orders/create' : 'orders/updated'}`,
    `x-shopify-shop-domain: ${plan.shopDomain}`,
    'x-shopify-api-version: 2026-10',
    `x-shopify-webhook-id: ${id}`,
    `x-shopify-event-id: ${id}`,
    `x-shopify-triggered-at: ${new Date().toISOString()}`,
    `x-shopify-hmac-sha256: ${createHmac('sha256', plan.secret).update(body).digest('base64')}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}
