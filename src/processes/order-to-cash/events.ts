import type { CanonicalEvent } from '#canonical/event.ts';
import type { Instant } from '#canonical/primitives.ts';
import { type Absorbed, applied, rejected, superseded } from './absorbed.ts';
import { erpOrderMoves, fulfillmentOrderMoves, invoiceMoves, shipmentMoves } from './moves.ts';
import { factKey, type Merged, observe } from './observations.ts';
import { acknowledgeErpOrder } from './release.ts';
import { capturesOrders, type OrderRules } from './rules.ts';
import { absorbSnapshot, withHash } from './snapshots.ts';
import type { OrderState } from './state.ts';
import { observeTransaction } from './transactions.ts';

/**
 * Takes what a platform told us, in whatever order it arrives. An order that is spoken of before it was seen is read at its
 * source, once. `isAnswer`: a command of ours brought it.
 */
export function absorbEvent(
  state: OrderState,
  event: CanonicalEvent,
  rules: OrderRules,
  isAnswer: boolean,
): Absorbed {
  if (event.type === 'order.observed') return absorbSnapshot(state, event.data, rules, isAnswer);
  if (state.refusedAs !== null)
    return rejected(state, state.refusedAs, 'the order was rejected as a test order');

  const located = locate(state, event, rules);
  const absorbed = absorbOne(located, event, rules);
  const { order, source, deletedAt } = absorbed.state;
  const unseen = order === null && source !== null && deletedAt === null;
  const mayRead = absorbed.disposition.kind === 'applied';
  const reading = absorbed.state.read !== null && absorbed.state.read.rereadAt !== null;
  return unseen && mayRead && !reading ? { ...absorbed, read: 'hydrate' } : absorbed;
}

/** Learns where the order lives from a message that came from there. */
function locate(state: OrderState, { subject }: CanonicalEvent, rules: OrderRules): OrderState {
  const namesIt = subject.entity === 'order' && capturesOrders(subject.ref.connection, rules);
  return state.source === null && namesIt ? { ...state, source: subject.ref } : state;
}

function absorbOne(
  state: OrderState,
  event: Exclude<CanonicalEvent, { type: 'order.observed' }>,
  rules: OrderRules,
): Absorbed {
  const { at } = event.version;
  switch (event.type) {
    case 'order.touched':
      return absorbTouch(state, event);
    case 'order.deleted':
      return absorbDeletion(state, event.subject.ref.connection, event.data.at);
    case 'payment.observed': {
      const key = factKey(event.data.ref);
      const seen = observeTransaction(state.transactions, state.wentBack, { at, data: event.data });
      return merged(
        { ...state, transactions: seen.facts, wentBack: seen.wentBack },
        seen.merged,
        key,
        state.transactions[key]?.at,
      );
    }
    case 'fulfillment-order.observed': {
      const key = factKey(event.data.ref);
      const record = `fulfillment order ${key}`;
      const seen = observe(
        state.fulfillmentOrders,
        state.wentBack,
        { key, record, at, data: event.data },
        fulfillmentOrderMoves,
      );
      return merged(
        { ...state, fulfillmentOrders: seen.facts, wentBack: seen.wentBack },
        seen.merged,
        key,
        state.fulfillmentOrders[key]?.at,
      );
    }
    case 'shipment.observed': {
      const key = factKey(event.data.ref);
      const seen = observe(
        state.shipments,
        state.wentBack,
        { key, record: `shipment ${key}`, at, data: event.data },
        shipmentMoves,
      );
      return merged(
        { ...state, shipments: seen.facts, wentBack: seen.wentBack },
        seen.merged,
        key,
        state.shipments[key]?.at,
      );
    }
    case 'invoice.observed': {
      const key = factKey(event.data.ref);
      const seen = observe(
        state.invoices,
        state.wentBack,
        { key, record: `invoice ${key}`, at, data: event.data },
        invoiceMoves,
      );
      return merged(
        { ...state, invoices: seen.facts, wentBack: seen.wentBack },
        seen.merged,
        key,
        state.invoices[key]?.at,
      );
    }
    case 'erp-order.observed': {
      if (event.data.ref.connection !== rules.erp) {
        return rejected(state, 'not-the-erp', `${event.data.ref.connection} is not the ERP of this order`);
      }
      const key = factKey(event.data.ref);
      const known = state.erpOrder === null ? {} : { [factKey(state.erpOrder.data.ref)]: state.erpOrder };
      const seen = observe(
        known,
        state.wentBack,
        { key, record: `ERP order ${key}`, at, data: event.data },
        erpOrderMoves,
      );
      const next = { ...state, erpOrder: seen.facts[key] ?? state.erpOrder, wentBack: seen.wentBack };
      const links = state.erpOrder === null ? [event.data.ref] : [];
      return { ...merged(acknowledgeErpOrder(next), seen.merged, key, state.erpOrder?.at), links };
    }
    // The CRM shows orders and owns none of what they say; an order that goes there is made again with its next change.
    case 'crm-order.observed':
    case 'record.deleted':
      return applied(state);
    case 'quote.observed':
    case 'customer.observed':
    case 'customer.merged':
    case 'product.observed':
    case 'location.observed':
    case 'case.observed':
      return rejected(state, 'not-of-an-order', `${event.type} does not belong to an order`);
  }
}

function merged(state: OrderState, outcome: Merged, key: string, knownAt: Instant | undefined): Absorbed {
  if (outcome === 'taken') return applied(state);
  return superseded(state, `${outcome === 'same' ? 'same' : 'newer'} version: ${key} ${knownAt ?? ''}`);
}

/**
 * Instants are compared with the order's own platform only; another one's clock says nothing here. Of one instant, a change that was not heard of
 * before may be younger than what was read, so it is read again.
 */
function absorbTouch(
  state: OrderState,
  { subject, version: { at, hash }, data }: Extract<CanonicalEvent, { type: 'order.touched' }>,
): Absorbed {
  if (state.source?.connection !== subject.ref.connection)
    return applied(state, state.source === null ? {} : { read: 'touched' });
  const [known, touched] = [state.order?.version.at ?? null, state.touchedAt];
  const isNews = !data.listed && !state.settledHashes.includes(hash);
  const isOld = (seen: Instant | null): boolean => seen !== null && (at < seen || (at === seen && !isNews));
  if (isOld(known)) return superseded(state, `newer snapshot: ${known}`);
  if (isOld(touched)) return superseded(state, `read of the source after ${touched}`);
  const isTie = at === known || at === touched;
  const tieReads = isTie ? Math.max(1, state.tieReads) : state.tieReads;
  return applied(
    { ...state, touchedAt: at, tieReads, settledHashes: withHash(state.settledHashes, hash) },
    { read: 'touched' },
  );
}

function absorbDeletion(state: OrderState, connection: string, at: Instant): Absorbed {
  if (state.source !== null && state.source.connection !== connection) {
    return rejected(state, 'not-the-source', `${connection} did not capture the order`);
  }
  if (state.deletedAt !== null && at <= state.deletedAt)
    return superseded(state, `deletion at ${state.deletedAt}`);
  return applied({ ...state, deletedAt: at, read: null });
}
