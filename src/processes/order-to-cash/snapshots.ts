import type { Order } from '#canonical/order.ts';
import { type Absorbed, applied, rejected, superseded } from './absorbed.ts';
import { contentHash } from './content-hash.ts';
import { erpHeaderHash } from './erp-content.ts';
import { fulfillmentOrderMoves, paymentMoves, shipmentMoves } from './moves.ts';
import { factKey, noteMove, observe } from './observations.ts';
import { capturesOrders, type OrderRules } from './rules.ts';
import type { OrderState } from './state.ts';
import { observeTransaction } from './transactions.ts';

/** Bodies of one instant that are remembered; more than this never come in practice, and then one is read once too often. */
const maxSettledHashes = 8;

/**
 * Takes one whole view of the order at its source. The newer source instant rules; an older one still tells of
 * transactions, fulfilment orders and shipments that no newer one showed. `isAnswer`: it is what a read brought.
 */
export function absorbSnapshot(
  state: OrderState,
  incoming: Order,
  rules: OrderRules,
  isAnswer: boolean,
): Absorbed {
  const { connection } = incoming.ref;
  const captured = state.order?.ref.connection;
  if (!capturesOrders(connection, rules)) {
    return rejected(state, 'not-the-source', `${connection} does not capture orders`);
  }
  if (captured !== undefined && captured !== connection) {
    return rejected(state, 'not-the-source', `the order was captured by ${captured}, not by ${connection}`);
  }
  if (incoming.test && rules.testOrders === 'reject' && state.order === null) {
    const refused: OrderState = { ...state, source: incoming.ref, refusedAs: 'test-order', read: null };
    return rejected(refused, 'test-order', `${incoming.number} is a test order`);
  }
  return compareAndTake({ ...state, source: incoming.ref, refusedAs: null }, incoming, rules, isAnswer);
}

function compareAndTake(state: OrderState, incoming: Order, rules: OrderRules, isAnswer: boolean): Absorbed {
  const { at, hash } = incoming.version;
  const known = state.order?.version;
  if (known === undefined || at > known.at) {
    const links = state.order === null ? [incoming.ref] : [];
    // What else was heard of this instant is known, and may have asked for a read that is still to come.
    const heard = state.touchedAt === at ? state : { settledHashes: [], tieReads: 0 };
    const settledHashes = withHash(heard.settledHashes, hash);
    return applied({ ...take(state, incoming), settledHashes, tieReads: heard.tieReads }, { links });
  }
  const version = `${incoming.ref.connection} ${known.at}`;
  if (at < known.at) return superseded(mergeRecords(state, incoming), `newer snapshot: ${version}`);

  // A poll and a webhook spell the same state in bodies of their own.
  const { version: _version, ...content } = incoming;
  if (hash === known.hash || contentHash(content) === state.hashes.order)
    return superseded(shown(state), `same snapshot: ${version}`);
  // Of two bodies of one instant only a read that was asked after both had come tells the younger; till then the first one stands.
  const settledHashes = withHash(state.settledHashes, hash);
  if (isAnswer && state.tieReads > 0) return applied({ ...take(state, incoming), settledHashes });
  if (state.settledHashes.includes(hash)) return superseded(state, `same snapshot: ${version}`);
  if (state.tieReads >= rules.reads.maxTieReads)
    return superseded(state, `what the source was read to say: ${version}`);
  return superseded(
    { ...state, settledHashes, tieReads: state.tieReads + 1 },
    `read of the source: other body at ${version}`,
    { read: 'tie' },
  );
}

/** The hash as the last one heard of. */
export const withHash = (settled: readonly string[], hash: string): readonly string[] =>
  [...settled.filter((each) => each !== hash), hash].slice(-maxSettledHashes);

/** The read under way, if any, has brought what it was for; it ends when its command has ended, too. */
function shown(state: OrderState): OrderState {
  if (state.read === null) return state;
  return { ...state, read: state.read.answered ? null : { ...state.read, shown: true, rereadAt: null } };
}

function take(state: OrderState, incoming: Order): OrderState {
  const merged = mergeRecords(shown(state), incoming);
  // A new version with nothing new in it is nothing to tell.
  const { version: _version, ...content } = incoming;
  const wentBack = noteMove(
    merged.wentBack,
    'payment',
    paymentMoves,
    state.order?.payment.state ?? incoming.payment.state,
    incoming.payment.state,
  );
  return {
    ...merged,
    wentBack,
    hashes: { order: contentHash(content), erpHeader: erpHeaderHash(incoming) },
    order: {
      ...incoming,
      payment: { ...incoming.payment, transactions: [] },
      fulfillmentOrders: [],
      shipments: [],
    },
  };
}

/**
 * A snapshot's parts go where single observations of them go: not every message of a platform shows all parts, so what one
 * leaves out is not gone.
 */
function mergeRecords(state: OrderState, incoming: Order): OrderState {
  const { at } = incoming.version;
  let { transactions, fulfillmentOrders, shipments, wentBack } = state;
  for (const data of incoming.payment.transactions) {
    ({ facts: transactions, wentBack } = observeTransaction(transactions, wentBack, { at, data }));
  }
  for (const data of incoming.fulfillmentOrders) {
    const key = factKey(data.ref);
    const seen = observe(
      fulfillmentOrders,
      wentBack,
      { key, record: `fulfillment order ${key}`, at, data },
      fulfillmentOrderMoves,
    );
    ({ facts: fulfillmentOrders, wentBack } = seen);
  }
  for (const data of incoming.shipments) {
    const key = factKey(data.ref);
    const seen = observe(shipments, wentBack, { key, record: `shipment ${key}`, at, data }, shipmentMoves);
    ({ facts: shipments, wentBack } = seen);
  }
  return { ...state, transactions, fulfillmentOrders, shipments, wentBack };
}
