import { addresses, amount, type Extras, lookup, number, readOnly, text } from './field-kinds.ts';
import type { OrgOptions } from './org-options.ts';
import { defineObject, type FieldDef, type ObjectDef } from './schema.ts';
import { salesAndServiceObjects } from './sales-and-service-objects.ts';

/** The objects of the org, as far as an order needs them; lengths as in the field reference. */
export function standardObjects(options: OrgOptions): readonly ObjectDef[] {
  const currency: FieldDef[] = options.multiCurrency
    ? [
        {
          name: 'CurrencyIsoCode',
          type: 'picklist',
          length: 3,
          values: Object.keys(options.currencies),
          initial: Object.keys(options.currencies)[0] ?? 'USD',
        },
      ]
    : [];
  const fixedCurrency = currency.map((field): FieldDef => ({ ...field, update: false }));
  const externalId: FieldDef[] =
    options.externalIdField === null
      ? []
      : [text(options.externalIdField, 255, { externalId: true, unique: options.externalIdUnique })];
  const custom = (object: string): FieldDef[] => [...(options.customFields[object] ?? [])];
  const person: FieldDef[] = !options.personAccounts
    ? []
    : [
        text('FirstName', 40),
        text('LastName', 80),
        { name: 'PersonEmail', type: 'email', length: 80 },
        { name: 'IsPersonAccount', type: 'boolean', ...readOnly, initial: false },
        lookup('PersonContactId', 'Contact', readOnly),
      ];
  const recordType = lookup('RecordTypeId', 'RecordType');
  const objects = [
    defineObject('Account', 'Account', '001', [
      text('Name', 255),
      text('AccountNumber', 40),
      { name: 'Phone', type: 'phone', length: 40 },
      lookup('ParentId', 'Account'),
      lookup('MasterRecordId', 'Account', readOnly),
      ...addresses(options, ['Billing', 'Shipping']),
      recordType,
      ...person,
      ...currency,
      ...externalId,
      ...custom('Account'),
    ]),
    defineObject('Contact', 'Contact', '003', [
      text('FirstName', 40),
      text('LastName', 80, { required: true }),
      { name: 'Email', type: 'email', length: 80 },
      { name: 'Phone', type: 'phone', length: 40 },
      lookup('AccountId', 'Account'),
      lookup('MasterRecordId', 'Contact', readOnly),
      ...addresses(options, ['Mailing']),
      recordType,
      ...currency,
      ...externalId,
      ...custom('Contact'),
    ]),
    defineObject('Product2', 'Product', '01t', [
      text('Name', 255, { required: true }),
      text('ProductCode', 255),
      text('StockKeepingUnit', 180),
      { name: 'IsActive', type: 'boolean', initial: false },
      text('Family', 255),
      ...currency,
      ...externalId,
      ...custom('Product2'),
    ]),
    defineObject('Pricebook2', 'Price Book', '01s', [
      text('Name', 255, { required: true }),
      { name: 'IsActive', type: 'boolean', initial: false },
      { name: 'IsStandard', type: 'boolean', ...readOnly, initial: false },
    ]),
    defineObject('PricebookEntry', 'Price Book Entry', '01u', [
      lookup('Pricebook2Id', 'Pricebook2', { required: true, update: false }),
      lookup('Product2Id', 'Product2', { required: true, update: false }),
      amount('UnitPrice', { required: true }),
      { name: 'IsActive', type: 'boolean', initial: false },
      { name: 'UseStandardPrice', type: 'boolean', initial: false },
      text('ProductCode', 255, readOnly),
      ...fixedCurrency,
    ]),
    defineObject('DuplicateRule', 'Duplicate Rule', '0Bm', [
      text('DeveloperName', 80, readOnly),
      text('SobjectType', 40, readOnly),
      { name: 'IsActive', type: 'boolean', ...readOnly },
    ]),
    defineObject('UserPermissionAccess', 'User Permission Access', '0Pu', [
      { name: 'PermissionsApiEnabled', type: 'boolean', ...readOnly },
      { name: 'PermissionsActivateOrder', type: 'boolean', ...readOnly },
    ]),
    defineObject('PlatformEventChannelMember', 'Platform Event Channel Member', '0v8', [
      text('EventChannel', 80, readOnly),
      text('SelectedEntity', 80, readOnly),
    ]),
    defineObject('RecordType', 'Record Type', '012', [
      text('DeveloperName', 80, readOnly),
      text('SobjectType', 40, readOnly),
      { name: 'IsPersonType', type: 'boolean', ...readOnly },
    ]),
  ];
  const extras = { currency: fixedCurrency, externalId, recordType, custom };
  const ofTheirOwn = Object.entries(options.customObjects).map(([name, fields], index) =>
    defineObject(name, name.replace(/__c$/, '').replaceAll('_', ' '), `a0${index}`, [
      text('Name', 80),
      ...externalId,
      ...fields,
    ]),
  );
  const others = [...objects, ...salesAndServiceObjects(options, extras), ...ofTheirOwn];
  return options.ordersEnabled ? [...others, ...orderObjects(options, extras)] : others;
}

function orderObjects(
  options: OrgOptions,
  { currency, externalId, recordType, custom }: Extras,
): ObjectDef[] {
  return [
    defineObject('Order', 'Order', '801', [
      lookup('AccountId', 'Account', { required: true }),
      { name: 'EffectiveDate', type: 'date', required: true },
      {
        name: 'Status',
        type: 'picklist',
        length: 255,
        required: true,
        values: options.orderStatuses.map((status) => status.value),
      },
      { name: 'StatusCode', type: 'picklist', length: 255, ...readOnly },
      lookup('Pricebook2Id', 'Pricebook2'),
      text('OrderNumber', 30, readOnly),
      text('Name', 80),
      text('PoNumber', 80),
      text('OrderReferenceNumber', 80),
      lookup('BillToContactId', 'Contact'),
      lookup('ShipToContactId', 'Contact'),
      { name: 'IsReductionOrder', type: 'boolean', update: false, initial: false },
      lookup('OriginalOrderId', 'Order', { update: false }),
      amount('TotalAmount', readOnly),
      ...addresses(options, ['Billing', 'Shipping']),
      recordType,
      ...currency,
      ...externalId,
      ...custom('Order'),
    ]),
    defineObject('OrderItem', 'Order Product', '802', [
      lookup('OrderId', 'Order', { required: true, update: false }),
      lookup('PricebookEntryId', 'PricebookEntry', { required: true, update: false }),
      lookup('Product2Id', 'Product2', readOnly),
      number('Quantity', { required: true }),
      amount('UnitPrice', { required: true }),
      amount('ListPrice', readOnly),
      amount('TotalPrice', readOnly),
      text('OrderItemNumber', 30, readOnly),
      lookup('OriginalOrderItemId', 'OrderItem', { update: false }),
      text('Description', 255),
      { name: 'ServiceDate', type: 'date' },
      ...currency.map((field) => ({ ...field, create: false })),
      ...externalId,
      ...custom('OrderItem'),
    ]),
  ];
}
