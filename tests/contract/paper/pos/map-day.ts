import {
  compareDecimals,
  type Decimal,
  decimal,
  decimalSchema,
  divideDecimals,
  multiplyDecimals,
  subtractDecimals,
} from '#canonical/decimal.ts';
import type { JsonObject } from '#canonical/json.ts';
import { currencySchema, type MoneyBag } from '#canonical/money.ts';
import type { Order } from '#canonical/order.ts';
import type { OrderLine } from '#canonical/order-line.ts';
import type { PaymentTransaction, Refund } from '#canonical/payment.ts';
import { type Return, returnSchema } from '#canonical/return.ts';
import type { TaxLine } from '#canonical/tax.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';
import {
  fraction,
  identifiers,
  instantOf,
  nothing,
  oneOf,
  orderOf,
  type Paper,
  same,
  standing,
  sumOf,
  zero,
} from '../reading.ts';
import { Node, type Xml } from './xml.ts';

/** What a store's master data adds: the log has local times, and weighs without a unit. */
export type Store = { readonly weightUnit: string; readonly taxesIncluded: boolean };

/** A day of a till: each sale an order, each return a return (and a refund of its order, where that is in the same log). */
export type Day = { readonly orders: readonly Order[]; readonly returns: readonly Return[] };

const instruments: Readonly<Record<string, PaymentTransaction['instrument']>> = {
  Cash: 'cash',
  CreditDebit: 'card',
  GiftCard: 'gift-card',
  Voucher: 'store-credit',
  StoreCredit: 'store-credit',
};

type Scope = {
  readonly node: Node;
  readonly receipt: Node;
  readonly key: string;
  readonly at: string;
  readonly currency: string;
  readonly store: Store;
  readonly paper: Paper;
};

export function mapDay(log: Xml, paper: Paper, store: Store): Day {
  const transactions = new Node(log, '').all('POSLog').flatMap((poslog) => poslog.all('Transaction'));
  const scopes = transactions.flatMap((node): Scope[] => {
    const receipt = node.first('RetailTransaction');
    // Sign-on, no-sale, till counts and the end of the day move no goods; the day's totals are for reconciliation.
    if (receipt === null) return [];
    const currency = node.text('CurrencyCode');
    if (!currencySchema.safeParse(currency).success)
      throw unmappable(`${node.path}.CurrencyCode`, `"${currency}" is no ISO 4217 code`);
    return [
      {
        node,
        receipt,
        key: keyOf(node),
        at: instantOf(node.text('EndDateTime'), paper.offset, `${node.path}.EndDateTime`),
        currency,
        store,
        paper,
      },
    ];
  });
  const returns = scopes.filter(({ receipt }) => itemsOf(receipt, 'Return').length > 0);
  const sales = scopes.filter((scope) => !returns.includes(scope));
  const orders = sales.map((scope) => mapSale(scope));
  const found = returns.map((scope) => ({ record: mapReturn(scope), scope }));
  return {
    orders: orders.map((order) =>
      found
        .filter(({ record }) => record.order?.id === order.ref.id)
        .reduce((now, { record, scope }) => refunded(now, record, scope), order),
    ),
    returns: found.map(({ record }) => record),
  };
}

/** A till counts from one again some day: the sequence number alone names nothing. */
const keyOf = (node: Node) =>
  ['RetailStoreID', 'WorkstationID', 'BusinessDayDate', 'SequenceNumber']
    .map((name) => node.text(name))
    .join('/');
const itemsOf = (receipt: Node, name: string) =>
  receipt.all('LineItem').flatMap((item) => item.all(name).map((entry) => ({ item, entry })));

function numberIn(node: Node, name: string): Decimal {
  const number = decimalSchema.safeParse(node.text(name));
  if (!number.success) throw unmappable(`${node.path}.${name}`, `"${node.text(name)}" is no number`);
  return number.data;
}
const magnitude = (number: Decimal) =>
  compareDecimals(number, zero) < 0 ? subtractDecimals(zero, number) : number;

function totalOf(receipt: Node, type: string): Decimal {
  const total = receipt.all('Total').find((candidate) => candidate.attribute('TotalType') === type);
  const number = decimalSchema.safeParse(total?.xml['#text']);
  if (!number.success)
    throw unmappable(`${receipt.path}.Total[@TotalType=${type}]`, 'is missing or no number');
  return number.data;
}

function mapSale(scope: Scope): Order {
  const { node, receipt, key, at, currency, store, paper } = scope;
  const currencies = { shop: currency, presentment: currency, settlement: null };
  const ref = (type: string, id: string) => ({ connection: paper.connection, type, id });
  const isVoid = receipt.attribute('TransactionStatus') === 'Voided';
  const rewards = itemsOf(receipt, 'LoyaltyReward').filter(({ entry }) => isMoney(entry));
  const lines = itemsOf(receipt, 'Sale').map((sale) => mapLine(sale, scope, rewards, isVoid));
  const none = nothing(currencies);
  const grand = isVoid
    ? nothing(currencies)
    : same(currency, totalOf(receipt, 'TransactionGrandAmount'), `${receipt.path}.Total`);
  const taxes = lines.flatMap((line) => line.taxes);
  const bag = (minor: number): MoneyBag => ({
    shop: { ...none.shop, amountMinor: isVoid ? 0 : minor },
    presentment: { ...none.presentment, amountMinor: isVoid ? 0 : minor },
  });
  const sumMinor = (bags: readonly MoneyBag[]) => bags.reduce((sum, { shop }) => sum + shop.amountMinor, 0);
  const stated = same(currency, totalOf(receipt, 'TransactionTaxAmount'), `${receipt.path}.Total`);
  return orderOf(
    {
      ref: ref('Transaction', key),
      number: key,
      version: { at, hash: paper.hash },
      channel: { kind: 'pos', name: null, sourceIdentifier: node.text('RetailStoreID') },
      orderedAt: at,
      businessDate: node.text('BusinessDayDate'),
      cancelled: isVoid ? { at, reason: 'Voided' } : null,
      closedAt: at,
      currencies,
      taxesIncluded: store.taxesIncluded,
      lines,
      discounts: rewards.map(({ item, entry: reward }) => ({
        id: rewardId(item),
        kind: 'automatic',
        code: reward.optional('PromotionID'),
        title: reward.optional('acs:RewardType'),
        value: { type: 'unstated' },
        target: 'line',
        extensions: {
          pos: {
            ...(reward.rest(['PromotionID', 'acs:RewardType', 'acs:ExtendedRewardAmount']) as JsonObject),
            ...(item.rest(['SequenceNumber', 'LoyaltyReward']) as JsonObject),
          },
        },
      })),
      payment: { state: isVoid ? 'voided' : 'paid', transactions: isVoid ? [] : tendersOf(scope, 'sale') },
      extensions: {
        pos: {
          ...(node.rest([
            'RetailStoreID',
            'WorkstationID',
            'SequenceNumber',
            'BusinessDayDate',
            'EndDateTime',
            'CurrencyCode',
            'RetailTransaction',
          ]) as JsonObject),
          receipt: receipt.rest(['LineItem']),
          other: othersOf(scope),
        },
      },
    },
    {
      lines: bag(sumMinor(lines.map(({ subtotal }) => subtotal))),
      discounts: bag(sumMinor(lines.flatMap(({ discounts }) => discounts.map(({ amount }) => amount)))),
      shipping: nothing(currencies),
      tax: bag(taxes.length === 0 ? stated.shop.amountMinor : sumMinor(taxes.map(({ amount }) => amount))),
      duties: nothing(currencies),
      fees: nothing(currencies),
      tips: nothing(currencies),
      grand,
      original: isVoid
        ? same(currency, totalOf(receipt, 'TransactionGrandAmount'), `${receipt.path}.Total`)
        : grand,
      outstanding: nothing(currencies),
    },
  );
}

type Entry = { readonly item: Node; readonly entry: Node };
const rewardId = (item: Node) => `reward/${item.text('SequenceNumber')}`;

/** Loyalty entries come twice: in detail and summed up. Money is in the detailed ones of the category Monetary. */
const isMoney = (entry: Node) =>
  entry.optional('acs:RewardCategory') === 'Monetary' && entry.attribute('acs:detailedData') === 'true';

/** Line items that are neither goods nor money: loyalty cards, offers, messages. */
function othersOf({ receipt }: Scope): readonly JsonObject[] {
  return receipt
    .all('LineItem')
    .filter(
      (item) =>
        ['Sale', 'Return', 'Tender'].every((name) => item.first(name) === null) &&
        !item.all('LoyaltyReward').some(isMoney),
    )
    .map((item) => item.rest([]) as JsonObject);
}

function taxesOf(entry: Node, { currency, store }: Scope): TaxLine[] {
  return entry.all('Tax').map((tax) => ({
    title: tax.optional('TaxAuthority') ?? 'Tax',
    jurisdiction: null,
    component: null,
    code: tax.optional('TaxGroupID'),
    rate: tax.optional('Percent') === null ? null : fraction(numberIn(tax, 'Percent')),
    base:
      tax.optional('TaxableAmount') === null
        ? null
        : same(currency, numberIn(tax, 'TaxableAmount'), `${tax.path}.TaxableAmount`),
    amount: same(currency, numberIn(tax, 'Amount'), `${tax.path}.Amount`),
    included: store.taxesIncluded,
    exemption: null,
    liable: 'merchant',
  }));
}

const saleRead = ['ItemID', 'Description', 'RegularSalesUnitPrice', 'ExtendedAmount', 'Quantity', 'Tax'];
const returnRead = [
  'ItemID',
  'Description',
  'ExtendedAmount',
  'Quantity',
  'Tax',
  'Disposition',
  'ReasonCode',
];

function mapLine(
  { item, entry }: Entry,
  scope: Scope,
  rewards: readonly Entry[],
  isVoid: boolean,
): OrderLine {
  const { currency, store, key, paper } = scope;
  const quantity = numberIn(entry, 'Quantity');
  const price = numberIn(entry, 'RegularSalesUnitPrice');
  const id = item.text('SequenceNumber');
  const sequence = entry.optional('acs:OperatorSequence');
  const mine = rewards.filter(
    ({ entry: reward }) => sequence !== null && reward.optional('acs:OperatorSequenceReference') === sequence,
  );
  const taxes = taxesOf(entry, scope);
  return {
    id,
    ref: { connection: paper.connection, type: 'LineItem', id: `${key}/${id}` },
    parentId: null,
    kind: 'product',
    charged: true,
    sku: entry.text('ItemID'),
    product: null,
    title: entry.text('Description'),
    variantTitle: null,
    identifiers: identifiers({
      [entry.first('POSIdentity')?.attribute('POSIDType') === 'GTIN' ? 'gtin' : 'pos-item']: entry
        .first('POSIdentity')
        ?.optional('POSItemID'),
    }),
    unit: item.attribute('acs:weightItem') === 'true' ? store.weightUnit : 'C62',
    ordered: quantity,
    current: isVoid ? zero : quantity,
    quantities: standing(quantity, isVoid ? { cancelled: quantity } : { collected: quantity }),
    promisedAt: null,
    unitPrice: { shop: price, presentment: price, per: decimal('1') },
    subtotal: same(currency, numberIn(entry, 'ExtendedAmount'), `${entry.path}.ExtendedAmount`),
    discounts: mine.map(({ item: at, entry: reward }) => ({
      discountId: rewardId(at),
      amount: same(
        currency,
        magnitude(numberIn(reward, 'acs:ExtendedRewardAmount')),
        `${reward.path}.acs:ExtendedRewardAmount`,
      ),
    })),
    taxes,
    duties: [],
    taxable: taxes.length > 0,
    requiresShipping: false,
    weightGrams: null,
    serialNumbers: entry.optional('SerialNumber') === null ? [] : [entry.text('SerialNumber')],
    attributes: [],
    extensions: {
      pos: {
        ...(entry.rest(saleRead) as JsonObject),
        ...(item.rest(['SequenceNumber', 'Sale']) as JsonObject),
      },
    },
  };
}

function tendersOf(scope: Scope, kind: 'sale' | 'refund'): PaymentTransaction[] {
  const { receipt, key, at, currency, paper } = scope;
  return itemsOf(receipt, 'Tender').flatMap(({ item, entry }) => {
    const id = `${key}/${item.text('SequenceNumber')}`;
    const type = entry.attribute('TenderType') ?? '';
    const plain = {
      ref: { connection: paper.connection, type: 'Tender', id },
      status: 'succeeded' as const,
      method: entry.optional('TenderID') ?? type,
      instrument: oneOf(instruments, type, `${entry.path}.@TenderType`),
      settlement: null,
      at,
      expiresAt: null,
      gatewayReference: entry.first('Authorization')?.optional('ReferenceNumber') ?? null,
      error: null,
      test: false,
    };
    const change = entry.first('TenderChange');
    return [
      {
        ...plain,
        id,
        parentId: null,
        kind,
        amount: same(currency, magnitude(numberIn(entry, 'Amount')), `${entry.path}.Amount`),
        extensions: {
          pos: {
            ...(entry.rest(['TenderID', 'Amount', 'TenderChange']) as JsonObject),
            ...(item.rest(['SequenceNumber', 'Tender']) as JsonObject),
          },
        },
      },
      ...(change === null
        ? []
        : [
            {
              ...plain,
              id: `${id}/change`,
              parentId: id,
              kind: 'change' as const,
              gatewayReference: null,
              amount: same(currency, magnitude(numberIn(change, 'Amount')), `${change.path}.Amount`),
              extensions: { pos: change.rest(['Amount']) as JsonObject },
            },
          ]),
    ];
  });
}

const dispositions: Readonly<Record<string, Return['lines'][number]['disposition']>> = {
  ReturnToStock: 'sellable',
  Quarantine: 'quarantine',
  Damaged: 'damaged',
  Scrap: 'scrap',
};

function mapReturn(scope: Scope): Return {
  const { node, receipt, key, at, currency, store, paper } = scope;
  const ref = (type: string, id: string) => ({ connection: paper.connection, type, id });
  const lines = itemsOf(receipt, 'Return').map(({ item, entry }) => {
    const link = entry.first('TransactionLink');
    const disposition = entry.optional('Disposition');
    return {
      link,
      line: {
        id: item.text('SequenceNumber'),
        lineId: link?.optional('LineItemSequenceNumber') ?? null,
        sku: entry.text('ItemID'),
        title: entry.text('Description'),
        identifiers: [],
        unit: item.attribute('acs:weightItem') === 'true' ? store.weightUnit : 'C62',
        quantity: magnitude(numberIn(entry, 'Quantity')),
        reason: entry.optional('ReasonCode'),
        disposition:
          disposition === null ? null : oneOf(dispositions, disposition, `${entry.path}.Disposition`),
        subtotal: same(
          currency,
          magnitude(numberIn(entry, 'ExtendedAmount')),
          `${entry.path}.ExtendedAmount`,
        ),
        taxes: taxesOf(entry, scope).map((tax) => ({
          ...tax,
          amount: absolute(tax.amount),
          base: tax.base === null ? null : absolute(tax.base),
        })),
      },
    };
  });
  const origins = [...new Set(lines.flatMap(({ link }) => (link === null ? [] : [keyOf(link)])))];
  if (origins.length > 1)
    throw unmappable(
      receipt.path,
      `brings back goods of ${origins.length} receipts: a return is of one order`,
    );
  const [origin] = origins;
  return parseWith(returnSchema, {
    schema: 'return/1',
    id: `return:${paper.connection}:${key}`,
    ref: ref('Transaction', key),
    number: key,
    order: origin === undefined ? null : ref('Transaction', origin),
    status: 'completed',
    location: ref('RetailStore', node.text('RetailStoreID')),
    at,
    businessDate: node.text('BusinessDayDate'),
    currencies: { shop: currency, presentment: currency },
    taxesIncluded: store.taxesIncluded,
    lines: lines.map(({ line }) => line),
    grand: absolute(same(currency, totalOf(receipt, 'TransactionGrandAmount'), `${receipt.path}.Total`)),
    transactions: tendersOf(scope, 'refund'),
    extensions: {
      pos: {
        ...(node.rest([
          'RetailStoreID',
          'WorkstationID',
          'SequenceNumber',
          'BusinessDayDate',
          'EndDateTime',
          'CurrencyCode',
          'RetailTransaction',
        ]) as JsonObject),
        receipt: receipt.rest(['LineItem']) as JsonObject,
        other: othersOf(scope),
        lines: itemsOf(receipt, 'Return').map(({ item, entry }) => ({
          ...(entry.rest(returnRead) as JsonObject),
          ...(item.rest(['SequenceNumber', 'Return']) as JsonObject),
        })),
      },
    },
  });
}

const absolute = ({ shop, presentment }: MoneyBag): MoneyBag => ({
  shop: { ...shop, amountMinor: Math.abs(shop.amountMinor) },
  presentment: { ...presentment, amountMinor: Math.abs(presentment.amountMinor) },
});

/** The order of a sale after one of its goods came back: what it now comes to, and the refund. */
function refunded(order: Order, record: Return, { at }: Scope): Order {
  const lines = order.lines.map((line): OrderLine => {
    const back = sumOf(
      record.lines.filter(({ lineId }) => lineId === line.id).map(({ quantity }) => quantity),
    );
    return {
      ...line,
      current: subtractDecimals(line.current, back),
      quantities: { ...line.quantities, returned: sumOf([line.quantities.returned, back]) },
    };
  });
  const part = (of: (line: OrderLine) => MoneyBag): number =>
    order.lines.reduce((sum, line) => {
      const back = sumOf(
        record.lines.filter(({ lineId }) => lineId === line.id).map(({ quantity }) => quantity),
      );
      return (
        sum +
        Number(divideDecimals(multiplyDecimals(decimal(of(line).shop.amountMinor), back), line.ordered, 0))
      );
    }, 0);
  const less = (bag: MoneyBag, minor: number): MoneyBag => ({
    shop: { ...bag.shop, amountMinor: bag.shop.amountMinor - minor },
    presentment: { ...bag.presentment, amountMinor: bag.presentment.amountMinor - minor },
  });
  const tax = record.lines
    .flatMap((line) => line.taxes)
    .reduce((sum, { amount }) => sum + amount.shop.amountMinor, 0);
  const refund: Refund = {
    id: record.ref.id,
    ref: record.ref,
    at,
    note: null,
    adjustments: [],
    transactionIds: record.transactions.map(({ id }) => id),
    extensions: {},
    lines: record.lines.map(({ lineId, quantity, subtotal, taxes }) => ({
      lineId: lineId ?? '',
      quantity,
      restock: 'returned',
      location: record.location,
      subtotal,
      tax: taxes[0]?.amount ?? less(subtotal, subtotal.shop.amountMinor),
    })),
  };
  const { rounding: _, ...totals } = order.totals;
  return orderOf(
    {
      ...order,
      lines,
      refunds: [...order.refunds, refund],
      payment: {
        state: 'partially-refunded',
        transactions: [...order.payment.transactions, ...record.transactions],
      },
    },
    {
      ...totals,
      lines: less(
        totals.lines,
        part(({ subtotal }) => subtotal),
      ),
      discounts: less(
        totals.discounts,
        part(({ discounts, subtotal }) => discounts[0]?.amount ?? less(subtotal, subtotal.shop.amountMinor)),
      ),
      tax: less(totals.tax, tax),
      grand: less(totals.grand, record.grand.shop.amountMinor),
    },
  );
}
