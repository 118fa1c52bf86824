import { addresses, amount, type Extras, lookup, number, readOnly, text } from './field-kinds.ts';
import type { OrgOptions } from './org-options.ts';
import { defineObject, type ObjectDef } from './schema.ts';

/** Opportunities, quotes and cases: what sales and service people work with. */
export function salesAndServiceObjects(
  options: OrgOptions,
  { currency, externalId, custom }: Extras,
): readonly ObjectDef[] {
  return [
    defineObject('Opportunity', 'Opportunity', '006', [
      text('Name', 120, { required: true }),
      lookup('AccountId', 'Account'),
      { name: 'StageName', type: 'picklist', length: 255, required: true },
      { name: 'CloseDate', type: 'date', required: true },
      amount('Amount'),
      ...currency,
      ...custom('Opportunity'),
    ]),
    defineObject('Quote', 'Quote', '0Q0', [
      text('Name', 255, { required: true }),
      text('QuoteNumber', 30, readOnly),
      lookup('OpportunityId', 'Opportunity', { update: false }),
      lookup('AccountId', 'Account', readOnly),
      lookup('ContactId', 'Contact'),
      lookup('Pricebook2Id', 'Pricebook2'),
      { name: 'Status', type: 'picklist', length: 255 },
      { name: 'ExpirationDate', type: 'date' },
      amount('Tax'),
      amount('ShippingHandling'),
      amount('GrandTotal', readOnly),
      ...addresses(options, ['Billing', 'Shipping']),
      ...currency,
      ...externalId,
      ...custom('Quote'),
    ]),
    defineObject('QuoteLineItem', 'Quote Line Item', '0QL', [
      lookup('QuoteId', 'Quote', { required: true, update: false }),
      lookup('PricebookEntryId', 'PricebookEntry', { required: true, update: false }),
      lookup('Product2Id', 'Product2', readOnly),
      number('Quantity', { required: true }),
      amount('UnitPrice', { required: true }),
      amount('TotalPrice', readOnly),
      text('LineNumber', 30, readOnly),
      text('Description', 255),
      ...currency.map((field) => ({ ...field, create: false })),
      ...custom('QuoteLineItem'),
    ]),
    defineObject('Case', 'Case', '500', [
      text('CaseNumber', 30, readOnly),
      text('Subject', 255),
      { name: 'Status', type: 'picklist', length: 255, initial: 'New' },
      { name: 'Origin', type: 'picklist', length: 255 },
      { name: 'Priority', type: 'picklist', length: 255, initial: 'Medium' },
      { name: 'Type', type: 'picklist', length: 255 },
      { name: 'Reason', type: 'picklist', length: 255 },
      { name: 'Description', type: 'textarea', length: 32_000 },
      lookup('AccountId', 'Account'),
      lookup('ContactId', 'Contact'),
      lookup('ParentId', 'Case'),
      { name: 'IsClosed', type: 'boolean', ...readOnly, initial: false },
      { name: 'ClosedDate', type: 'datetime', ...readOnly },
      ...externalId,
      ...custom('Case'),
    ]),
  ];
}
