import Big from 'big.js';
import type { Json } from '#canonical/json.ts';
import type { OrgOptions } from './org-options.ts';
import { PlatformFault } from './platform-fault.ts';
import type { RecordStore } from './record-store.ts';
import { asText, type EmulatedRecord } from './schema.ts';

/** A record about to be saved: as it was (null = new) and as it will be. Rules may complete it. */
export type Change = { readonly before: Readonly<EmulatedRecord> | null; readonly after: EmulatedRecord };

const integrity = (message: string, field: string): PlatformFault =>
  new PlatformFault('FIELD_INTEGRITY_EXCEPTION', `field integrity exception: ${message}`, {
    fields: [field],
  });
const changed = ({ before, after }: Change, field: string): boolean =>
  before !== null && (before[field] ?? null) !== (after[field] ?? null);

/** What Salesforce enforces for an object beyond its fields. @throws PlatformFault */
export function applyRules(store: RecordStore, options: OrgOptions, object: string, change: Change): void {
  switch (object) {
    case 'Account':
      return accountRules(store, options, change);
    case 'PricebookEntry':
      return priceBookEntryRules(store, change);
    case 'Case':
      return caseRules(options, change);
    case 'Quote':
      return void (change.after['AccountId'] =
        store.get('Opportunity', asText(change.after['OpportunityId']))?.['AccountId'] ?? null);
    case 'QuoteLineItem':
      return quoteLineRules(store, change);
    case 'Order':
      return orderRules(store, options, change);
    case 'OrderItem':
      return orderItemRules(store, options, change);
    default:
  }
}

/** @throws PlatformFault when the record must stay */
export function refuseDelete(store: RecordStore, object: string, record: Readonly<EmulatedRecord>): void {
  const order =
    object === 'Order'
      ? record
      : object === 'OrderItem'
        ? store.get('Order', asText(record['OrderId']))
        : undefined;
  if (order !== undefined && order['StatusCode'] !== 'Draft') {
    throw new PlatformFault(
      'FIELD_INTEGRITY_EXCEPTION',
      object === 'Order'
        ? 'an activated order cannot be deleted'
        : 'the products of an activated order cannot be deleted',
      { fields: ['Status'] },
    );
  }
}

function caseRules(options: OrgOptions, { before, after }: Change): void {
  const isClosed = after['Status'] === 'Closed';
  after['IsClosed'] = isClosed;
  const since = before?.['IsClosed'] === true ? (before['ClosedDate'] ?? null) : null;
  after['ClosedDate'] = isClosed
    ? (since ?? new Date(options.now()).toISOString().replace('Z', '+0000'))
    : null;
}

function quoteLineRules(store: RecordStore, { after }: Change): void {
  const quote = store.get('Quote', asText(after['QuoteId']));
  const entry = store.get('PricebookEntry', asText(after['PricebookEntryId']));
  if (quote === undefined || entry === undefined || entry['Pricebook2Id'] !== quote['Pricebook2Id'])
    throw integrity('the price book entry is of another price book than the quote', 'PricebookEntryId');
  after['Product2Id'] = entry['Product2Id'] ?? null;
}

function accountRules(store: RecordStore, options: OrgOptions, { after }: Change): void {
  const type =
    typeof after['RecordTypeId'] === 'string' ? store.get('RecordType', after['RecordTypeId']) : undefined;
  const person = options.personAccounts && type?.['IsPersonType'] === true;
  if (options.personAccounts) after['IsPersonAccount'] = person;
  if (person) {
    if ((after['LastName'] ?? null) === null)
      throw new PlatformFault('REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', {
        fields: ['LastName'],
      });
    after['Name'] = [after['FirstName'], after['LastName']]
      .filter((part) => typeof part === 'string')
      .join(' ');
  } else if ((after['LastName'] ?? null) !== null) {
    throw new PlatformFault(
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      'Unable to create/update fields: LastName. It belongs to person accounts.',
      { fields: ['LastName'] },
    );
  }
  if ((after['Name'] ?? null) === null)
    throw new PlatformFault('REQUIRED_FIELD_MISSING', 'Required fields are missing: [Name]', {
      fields: ['Name'],
    });
}

function priceBookEntryRules(store: RecordStore, { before, after }: Change): void {
  if (before !== null) return;
  const siblings = store
    .by('PricebookEntry', 'Product2Id', asText(after['Product2Id']))
    .filter((entry) => (entry['CurrencyIsoCode'] ?? null) === (after['CurrencyIsoCode'] ?? null));
  if (siblings.some((entry) => entry['Pricebook2Id'] === after['Pricebook2Id'])) {
    throw new PlatformFault('DUPLICATE_VALUE', 'This price definition already exists in this price book');
  }
  const isStandard = (id: Json | undefined): boolean =>
    store.get('Pricebook2', asText(id))?.['IsStandard'] === true;
  if (!isStandard(after['Pricebook2Id']) && !siblings.some((entry) => isStandard(entry['Pricebook2Id']))) {
    throw new PlatformFault(
      'STANDARD_PRICE_NOT_DEFINED',
      'Before creating a custom price, create a standard price.',
    );
  }
  after['ProductCode'] = store.get('Product2', asText(after['Product2Id']))?.['ProductCode'] ?? null;
}

/** Draft first; the account, the price book and the currency are settled once it is activated. */
function orderRules(store: RecordStore, options: OrgOptions, change: Change): void {
  const { before, after } = change;
  const code = options.orderStatuses.find((status) => status.value === after['Status'])?.code ?? 'Draft';
  after['StatusCode'] = code;
  if (before === null) {
    if (code !== 'Draft')
      throw new PlatformFault('FAILED_ACTIVATION', 'A new order must have a status of the category Draft.', {
        fields: ['Status'],
      });
    return;
  }
  const items = store.by('OrderItem', 'OrderId', after.Id);
  if (items.length > 0 && changed(change, 'Pricebook2Id'))
    throw integrity('the price book of an order with products cannot change', 'Pricebook2Id');
  if (before['StatusCode'] === 'Draft') {
    if (code !== 'Activated') return;
    if (!options.activateOrders)
      throw new PlatformFault('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id', {
        status: 403,
      });
    if (items.length === 0)
      throw new PlatformFault('FAILED_ACTIVATION', 'An order must have at least one product.', {
        fields: ['Status'],
      });
    return;
  }
  if (code === 'Draft') throw integrity('an activated order cannot become a draft', 'Status');
  for (const field of ['AccountId', 'Pricebook2Id', 'EffectiveDate']) {
    if (changed(change, field)) throw integrity(`${field} of an activated order cannot change`, field);
  }
}

function orderItemRules(store: RecordStore, options: OrgOptions, { before, after }: Change): void {
  const order = store.get('Order', asText(after['OrderId']));
  const entry = store.get('PricebookEntry', asText(after['PricebookEntryId']));
  if (order === undefined || entry === undefined)
    throw integrity('order or price book entry is gone', 'PricebookEntryId');
  if (order['StatusCode'] !== 'Draft')
    throw integrity('the products of an activated order cannot change', 'OrderId');
  if (Number(after['Quantity']) <= 0) throw integrity('the quantity must be greater than zero', 'Quantity');
  if (!options.negativeUnitPrice && Number(after['UnitPrice']) < 0)
    throw integrity('the unit price must not be negative', 'UnitPrice');
  if (before === null) {
    if ((order['Pricebook2Id'] ?? null) === null)
      throw integrity('the order has no price book', 'PricebookEntryId');
    if (entry['Pricebook2Id'] !== order['Pricebook2Id'])
      throw integrity('the price book entry is of another price book than the order', 'PricebookEntryId');
    if ((entry['CurrencyIsoCode'] ?? null) !== (order['CurrencyIsoCode'] ?? null))
      throw integrity('the price book entry is of another currency than the order', 'PricebookEntryId');
    if (entry['IsActive'] !== true) throw integrity('the price book entry is not active', 'PricebookEntryId');
    after['Product2Id'] = entry['Product2Id'] ?? null;
    after['ListPrice'] = entry['UnitPrice'] ?? null;
    if (options.multiCurrency) after['CurrencyIsoCode'] = order['CurrencyIsoCode'] ?? null;
  }
}

/** Quantity without UnitPrice keeps the line's total and changes the price: a trap for partial updates. */
export function keepTotal(before: Readonly<EmulatedRecord>, values: Record<string, Json>): void {
  if (
    values['Quantity'] === undefined ||
    values['UnitPrice'] !== undefined ||
    Number(values['Quantity']) === 0
  )
    return;
  const total = new Big(Number(before['UnitPrice'])).times(Number(before['Quantity']));
  values['UnitPrice'] = Number(total.div(Number(values['Quantity'])).round(2, Big.roundHalfUp).toFixed());
}

/** Fields that Salesforce computes when they are read. */
export function computed(
  store: RecordStore,
  options: OrgOptions,
  object: string,
  field: string,
  record: Readonly<EmulatedRecord>,
): Json | undefined {
  const digits =
    options.currencies[asText(record['CurrencyIsoCode'] ?? Object.keys(options.currencies)[0])] ?? 2;
  if ((object === 'OrderItem' || object === 'QuoteLineItem') && field === 'TotalPrice')
    return Number(lineTotal(record, digits).toFixed());
  if (object === 'Order' && field === 'TotalAmount') {
    return Number(
      store
        .by('OrderItem', 'OrderId', record.Id)
        .reduce((sum, item) => sum.plus(lineTotal(item, digits)), new Big(0))
        .toFixed(),
    );
  }
  if (object === 'Quote' && field === 'GrandTotal') {
    const extra = new Big(Number(record['Tax'] ?? 0)).plus(Number(record['ShippingHandling'] ?? 0));
    const lines = store.by('QuoteLineItem', 'QuoteId', record.Id);
    return Number(lines.reduce((sum, line) => sum.plus(lineTotal(line, digits)), extra).toFixed());
  }
  return undefined;
}

const lineTotal = (item: Readonly<EmulatedRecord>, digits: number): Big =>
  new Big(Number(item['UnitPrice'] ?? 0)).times(Number(item['Quantity'] ?? 0)).round(digits, Big.roundHalfUp);
