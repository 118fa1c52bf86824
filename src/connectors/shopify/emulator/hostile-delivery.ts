import { createHmac, randomUUID } from 'node:crypto';

type Delivery = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** The same webhook as somebody would send it who does not know the secret: another order, signed with a guess. */
export function forged({ headers, body }: Delivery): Delivery {
  // An order that no shop ever had: should it get through, everybody sees where it came from.
  const invented = body.replace(/("(?:order_)?id":)\d+/, `$1${666_000_000_000_000_000n + nonce()}`);
  return { headers: signed(headers, invented, 'a guess'), body: invented };
}

/** A webhook that really is the shop's, and whose body ends in the middle. */
export function malformed({ headers, body }: Delivery, secret: string): Delivery {
  const cut = body.slice(0, Math.max(1, Math.floor(body.length / 2)));
  return { headers: signed(headers, cut, secret), body: cut };
}

/** A webhook that really is the shop's, with a body that no version of its schema allows. */
export function poisonous({ headers }: Delivery, body: string, secret: string): Delivery {
  return { headers: signed(headers, body, secret), body };
}

function signed(headers: Delivery['headers'], body: string, secret: string): Record<string, string> {
  return {
    ...headers,
    'x-shopify-webhook-id': randomUUID(),
    'x-shopify-event-id': randomUUID(),
    'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
  };
}

const nonce = (): bigint => BigInt(`0x${randomUUID().replaceAll('-', '').slice(0, 12)}`);

/** The order that a body tells of; null where it names none. By text: the number is beyond 2^53. */
export function subjectIn(topic: string, body: string): string | null {
  const own = topic.startsWith('orders/') ? /^\{"id":(\d+)/.exec(body) : null;
  return (own ?? /"order_id":(\d+)/.exec(body))?.[1] ?? null;
}
