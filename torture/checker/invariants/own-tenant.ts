import { newsOf, newsOfMessage, orderIn } from '../evidence/evidence.ts';
import type { Effect } from '../evidence/records.ts';
import { type Case, type Invariant, keyOf, type Tally } from './invariant.ts';

/** I10: nothing of one retailer has an effect in another's systems, or lies in another's list. */
export const ownTenant: Invariant = {
  name: 'I10',
  title: 'no effect crosses retailers',
  check({ retailers }, tally) {
    for (const own of retailers) {
      const others = retailers.filter((each) => each !== own);
      for (const system of ['erp', 'crm'] as const)
        for (const effect of own[system]) {
          tally.checked();
          strange(own, others, system, effect, tally);
        }
      fulfilments(own, others, tally);
      messages(own, others, tally);
    }
  },
};

/** Every text in a record, however deep. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) yield* textsIn(part);
}

/** Ids of ours begin with a kind and the name of the connection that is their source. */
const sourceOf = (text: string): string | undefined =>
  /^(?:order|customer|company|contact|guest|product):([^:/]+)[:/]/.exec(text)?.[1];

function strange(
  own: Case,
  others: readonly Case[],
  system: string,
  { key, type, data }: Effect,
  { broken }: Tally,
): void {
  for (const text of [key, ...textsIn(data)]) {
    const source = sourceOf(text);
    const order = orderIn(text);
    const owner = others.find(
      ({ shopConnection, orders }) =>
        (source !== undefined && source === shopConnection && source !== own.shopConnection) ||
        (order !== null && orders.has(order.id) && !own.orders.has(order.id)),
    );
    if (owner === undefined) continue;
    broken(own, 'crossed-over', key, `${type} in the ${system} is of ${owner.retailer}: ${text}`);
    return;
  }
}

function fulfilments(own: Case, others: readonly Case[], { checked, broken }: Tally): void {
  const marksOf = (each: Case): ReadonlySet<string> =>
    new Set(
      [...each.sales.values()].flatMap((sales) =>
        // The ERPs number shipments alike; a tracking number is one of its own.
        sales.flatMap(({ shipments }) => shipments.flatMap(({ marks }) => marks.slice(0, -2))),
      ),
    );
  const strangers = others.map((other) => ({ other, marks: marksOf(other) }));
  const mine = marksOf(own);
  for (const order of own.orders.values())
    for (const { mark } of order.fulfilments) {
      checked();
      const owner = strangers.find(({ marks }) => marks.has(mark) && !mine.has(mark))?.other;
      if (owner !== undefined)
        broken(
          own,
          'crossed-over',
          keyOf(own, order.id),
          `the shop was told of a shipment ${mark} of ${owner.retailer}`,
        );
    }
}

function messages(own: Case, others: readonly Case[], { checked, broken }: Tally): void {
  const strangers = others.map((other) => ({ other, news: new Set(other.deliveries.map(newsOf)) }));
  for (const message of own.messages ?? []) {
    checked();
    const { entity, connection, messageId } = message;
    const owner =
      others.find(
        ({ shopConnection }) =>
          shopConnection !== own.shopConnection &&
          (connection === shopConnection || (entity !== null && sourceOf(`${entity}:`) === shopConnection)),
      ) ?? strangers.find(({ news }) => news.has(newsOfMessage(message)))?.other;
    if (owner !== undefined)
      broken(own, 'crossed-over', entity ?? 'message', `message ${messageId} is of ${owner.retailer}`);
  }
}
