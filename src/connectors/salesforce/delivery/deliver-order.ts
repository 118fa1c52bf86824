import type { Json } from '#canonical/json.ts';
import type { Call } from '#connector-sdk/connector.ts';
import type { Outcome } from '#connector-sdk/outcome.ts';
import { failed, type Failure, got, type Reply } from '../answers/failure.ts';
import { readSaveResult } from '../answers/write-results.ts';
import type { SalesforceClient } from '../client.ts';
import type { OrderUpsertRequest } from '../outbound/request.ts';
import { readOrderState, type OrderState } from './order-state.ts';
import { frozenOrderWrites, isUnchanged, itemChanges, orderWrites } from './order-writes.ts';
import { priceEntries, type PriceTarget, sameId, standardPriceBook } from './price-entries.ts';

/**
 * Makes the CRM show the order: looks at what is there, then writes the difference, all or nothing for up to 200 items
 * of a kind. Safe to repeat: records are found by their external ids, so that a write whose answer was lost is seen.
 * An order of more items takes several transactions; between them it is a draft that lacks some of its items.
 */
export async function deliverOrder(
  request: OrderUpsertRequest,
  call: Call,
  client: SalesforceClient,
): Promise<Outcome> {
  if (client.config.org.orderMode === 'summary') return client.summaries.deliver(request, call);
  const first = await attempt(request, call, client);
  // What we looked at or remembered was removed meanwhile (an item by an agent, a price book entry); nothing took effect, so look again, once.
  const written = !first.ok && isStale(first.failure) ? await attempt(request, call, client) : first;
  if (!written.ok) return written.failure;
  return {
    kind: 'done',
    result: written.value,
    refs: [{ connection: client.connection, type: 'Order', id: written.value.orderId }],
  };
}

type Written = { readonly orderId: string; readonly created: boolean };

async function attempt(
  request: OrderUpsertRequest,
  call: Call,
  client: SalesforceClient,
): Promise<Reply<Written>> {
  const state = await readOrderState(client, request, call);
  if (!state.ok) return state;
  const refusal = refusalBy(request, state.value);
  if (refusal !== null) return failed(refusal);
  return state.value.order !== null && !state.value.order.draft
    ? writeFrozen(client, request, state.value.order.id, call)
    : writeDraft(client, request, state.value, call);
}

/** What an activated order no longer takes, and what no order takes; told before anything is written. */
function refusalBy(request: OrderUpsertRequest, { order, accountId, items }: OrderState): Failure | null {
  if (order === null) return null;
  if (request.currency !== null && order.currency !== null && order.currency !== request.currency) {
    return {
      kind: 'rejected',
      code: 'currency-differs',
      detail: `the order is in ${order.currency}, not ${request.currency}`,
      field: 'CurrencyIsoCode',
    };
  }
  if (order.draft) return null;
  if (accountId === null || !sameId(order.accountId ?? '', accountId)) {
    return {
      kind: 'rejected',
      code: 'order-frozen',
      detail: 'the order is activated: its account can no longer change',
      field: 'AccountId',
    };
  }
  const changes = itemChanges(request, { order, accountId, items, contactId: null });
  if (isUnchanged(changes)) return null;
  const keys = [...changes.changed, ...changes.added].map((change) => change.key);
  const detail = `the order is activated: ${keys.length} items differ and ${changes.removed.length} are no longer wanted (${keys.slice(0, 5).join(', ')})`;
  return { kind: 'rejected', code: 'order-frozen', detail, field: 'OrderItems' };
}

async function writeFrozen(
  client: SalesforceClient,
  request: OrderUpsertRequest,
  orderId: string,
  call: Call,
): Promise<Reply<Written>> {
  const parts = frozenOrderWrites(client.config.org, request);
  if (parts.length === 0) return got({ orderId, created: false });
  const answer = await client.composite(parts, 'write', call);
  return answer.ok ? got({ orderId, created: false }) : answer;
}

async function writeDraft(
  client: SalesforceClient,
  request: OrderUpsertRequest,
  state: OrderState,
  call: Call,
): Promise<Reply<Written>> {
  const priceBookId = state.order?.priceBookId ?? request.priceBookId;
  const book = priceBookId === null ? await standardPriceBook(client, call) : got(priceBookId);
  if (!book.ok) return book;
  const target: PriceTarget = { priceBookId: book.value, currency: request.currency };
  const added = new Set(itemChanges(request, state).added.map((item) => item.productKey));
  const products = request.items.map((item) => item.product).filter((product) => added.has(product.key));
  const entries = await priceEntries(client, target, products, call);
  if (!entries.ok) return entries;

  const writes = orderWrites(
    client.config.org,
    { ...request, priceBookId: book.value },
    state,
    entries.value,
  );
  const answer = await client.composite(writes.first, 'write', call);
  if (!answer.ok) {
    const suspects = isStale(answer.failure) ? products : [];
    for (const { key } of suspects) client.priceEntries.forget(target.priceBookId, target.currency, key);
    return answer;
  }
  const order = orderOf(answer.value, state);
  if (!order.ok) return order;
  for (const parts of writes.later(order.value.orderId)) {
    const later = await client.composite(parts, 'write', call);
    if (!later.ok) return later;
  }
  return order;
}

const isStale = (failure: Failure): boolean =>
  failure.kind === 'rejected' && ['INVALID_CROSS_REFERENCE_KEY', 'ENTITY_IS_DELETED'].includes(failure.code);

function orderOf(bodies: ReadonlyMap<string, Json>, state: OrderState): Reply<Written> {
  const saved = readSaveResult(bodies.get('order') ?? null, []);
  if (!saved.ok) return saved;
  const orderId = saved.value?.id ?? state.order?.id;
  if (orderId === undefined)
    return failed({ kind: 'outcome-unknown', detail: 'unreadable answer: the order has no id' });
  return got({ orderId, created: saved.value?.created ?? state.order === null });
}
