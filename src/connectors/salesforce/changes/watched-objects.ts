import type { OrgProfile } from '../org-profile.ts';

/** The objects whose changes are taken in: as many as can be selected for change events without an add-on. */
export const watchedObjects = ['Account', 'Contact', 'Order', 'Quote', 'Case'] as const;
export type WatchedObject = (typeof watchedObjects)[number];

const audit = ['Id', 'IsDeleted', 'CreatedDate', 'SystemModstamp', 'LastModifiedById', 'CreatedById'];
const addressParts = ['Street', 'City', 'State', 'PostalCode', 'Country'];

/** The lines of a quote, in the same answer. */
const quoteLines =
  '(SELECT Id, Product2.StockKeepingUnit, Product2.Name, Quantity, UnitPrice, TotalPrice FROM QuoteLineItems)';

/** The fields that are read of a record, always all of them. */
export function fieldsOf(object: WatchedObject, org: OrgProfile): readonly string[] {
  const address = (prefix: string): readonly string[] => [
    ...addressParts.map((part) => `${prefix}${part}`),
    ...(org.stateCountryPicklists ? [`${prefix}StateCode`, `${prefix}CountryCode`] : []),
  ];
  const currency = org.multiCurrency ? ['CurrencyIsoCode'] : [];
  switch (object) {
    case 'Account':
      return [
        ...audit,
        org.externalIdFields.Account,
        'Name',
        'AccountNumber',
        'Phone',
        'ParentId',
        'MasterRecordId',
        ...address('Billing'),
        ...address('Shipping'),
        ...(org.personAccounts ? ['IsPersonAccount', 'FirstName', 'LastName', 'PersonEmail'] : []),
      ];
    case 'Contact':
      return [
        ...audit,
        org.externalIdFields.Contact,
        'FirstName',
        'LastName',
        'Email',
        'Phone',
        'AccountId',
        'MasterRecordId',
        ...address('Mailing'),
      ];
    case 'Order':
      return [
        ...audit,
        org.externalIdFields.Order,
        'OrderNumber',
        'Status',
        'StatusCode',
        'AccountId',
        'EffectiveDate',
        'TotalAmount',
        ...currency,
      ];
    case 'Quote':
      return [
        ...audit,
        'QuoteNumber',
        'Name',
        'Status',
        'AccountId',
        'ContactId',
        'OpportunityId',
        'ExpirationDate',
        'GrandTotal',
        ...currency,
        quoteLines,
      ];
    case 'Case':
      return [
        ...audit,
        'CaseNumber',
        'Subject',
        'Status',
        'IsClosed',
        'Priority',
        'Origin',
        'Reason',
        'AccountId',
        'ContactId',
        'ClosedDate',
      ];
  }
}

/** The field that holds our key; null where the object has none of ours. */
export function keyFieldOf(object: WatchedObject, org: OrgProfile): string | null {
  return object === 'Account' || object === 'Contact' || object === 'Order'
    ? org.externalIdFields[object]
    : null;
}

/** What a record must be to be of interest: an order that somebody keyed in the CRM has no key of ours. */
export function restriction(object: WatchedObject, org: OrgProfile): string | null {
  return object === 'Order' ? `${org.externalIdFields.Order} != null` : null;
}

/**
 * Whether an update of these fields (empty = not said) can change anything that is read. Names of compound fields come as
 * `BillingAddress.City`, those of persons as `Name.FirstName`.
 */
export function isRelevant(object: WatchedObject, changed: readonly string[], org: OrgProfile): boolean {
  if (changed.length === 0) return true;
  const read = new Set(fieldsOf(object, org));
  return changed.some((name) => {
    const [parent = '', part] = name.split('.');
    if (name === 'LastModifiedDate' || name === 'LastModifiedById') return false;
    return part === undefined
      ? read.has(parent)
      : read.has(part) || read.has(`${parent.replace(/Address$/, '')}${part}`);
  });
}
