import { z } from 'zod';
import { orderStatuses } from '#canonical/command.ts';
import { currencySchema } from '#canonical/money.ts';

/** An API name of a field, e.g. `Tallyport_Id__c`. */
export const fieldNameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,79}$/, 'must be a field API name such as "Erp_Number__c"');
const recordId = z
  .string()
  .regex(/^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/, 'must be a Salesforce id of 15 or 18 characters');
const optionalField = (text: string) => fieldNameSchema.nullable().default(null).describe(text);
const optionalId = (text: string) => recordId.nullable().default(null).describe(text);
const externalIdField = (object: string) =>
  fieldNameSchema
    .default('Tallyport_Id__c')
    .describe(`Text(255) field on ${object}: External ID and Unique; case-insensitive is fine`);

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

/** Custom fields on Order that show what the standard object has no place for; null = not shown. */
const orderFieldsSchema = z.strictObject({
  status: optionalField('our order status, e.g. "partially-shipped" (text or picklist with our eight words)'),
  channel: optionalField('kind of sales channel (text)'),
  storefrontId: optionalField('id of the order in the platform that captured it (text)'),
  erpNumber: optionalField('number of the order in the ERP (text)'),
  trackingNumbers: optionalField('tracking numbers, separated by ", " (text)'),
  invoiceNumbers: optionalField('invoice and credit memo numbers, separated by ", " (text)'),
  grandTotal: optionalField('what the buyer owes for the order as it stands now (number or currency)'),
  taxTotal: optionalField('all taxes, included ones too (number or currency)'),
  outstanding: optionalField('+ the buyer owes, - the merchant owes (number or currency)'),
  paymentState: optionalField('payment state (text)'),
  orderedAt: optionalField('instant of the order (date/time)'),
  cancelledAt: optionalField('instant of the cancellation (date/time)'),
  cancelReason: optionalField('reason of the cancellation (text)'),
  shipToName: optionalField('recipient of the goods (text); addresses of an Order have no name'),
  shippingMethod: optionalField('titles of the shipping methods (text)'),
  holds: optionalField('open holds, separated by ", " (text)'),
  note: optionalField("the buyer's note (long text area)"),
});

const itemFieldsSchema = z.strictObject({
  sku: optionalField('SKU as ordered (text)'),
  variantTitle: optionalField('variant, e.g. "Blue / M" (text)'),
  discount: optionalField('what discounts took off this line (number or currency)'),
  tax: optionalField('taxes of this line, included ones too (number or currency)'),
  shipped: optionalField('quantity that left (number)'),
  returned: optionalField('quantity that came back (number)'),
});

const charge = (kind: string, name: string) =>
  z
    .strictObject({
      product: z
        .string()
        .min(1)
        .default(`charge:${kind}`)
        .describe('external id of the Product2 that stands for it; made when missing'),
      name: z.string().min(1).max(255).default(name).describe('name given to that product when it is made'),
    })
    .prefault({})
    .describe(`product of the item that carries ${kind}`);

const summarySchema = z.strictObject({
  object: fieldNameSchema
    .regex(/__c$/, 'must be the API name of a custom object such as "Shop_Order__c"')
    .describe('API name of the custom object; its fields are those that orderFields names'),
  keyField: fieldNameSchema
    .default('Tallyport_Id__c')
    .describe('Text(255) field on it: External ID and Unique'),
  nameField: fieldNameSchema
    .nullable()
    .default('Name')
    .describe('holds the order number; null where names are numbered'),
  accountField: fieldNameSchema.nullable().default('Account__c').describe('lookup to Account; null = none'),
  gatherMs: z
    .int()
    .min(0)
    .max(10_000)
    .default(3_000)
    .describe('how long orders are gathered before one call writes all of them'),
});

const statusValue = z.string().min(1).max(255).default('Draft');

/** What kind of Salesforce org it is and how the retailer wants orders shown there. Holds no secret. */
export const orgProfileSchema = z
  .strictObject({
    personAccounts: z.boolean().default(false).describe('whether the org has Person Accounts switched on'),
    accountModel: z
      .enum(['person', 'contact-under-household'])
      .default('contact-under-household')
      .describe('how a private buyer is kept: a Person Account, or a Contact under an Account of its own'),
    multiCurrency: z.boolean().default(false).describe('whether the org has several currencies switched on'),
    currency: currencySchema.describe('currency of a single-currency org; corporate currency of another'),
    amounts: z
      .enum(['presentment', 'shop'])
      .default('presentment')
      .describe("which of an order's currencies a multi-currency org shows"),
    orderMode: z
      .enum(['draft', 'activated', 'summary'])
      .default('draft')
      .describe(
        'draft: orders stay editable; activated: from `activeFrom` on they are activated and frozen; summary: one record of a custom object each, written many a call',
      ),
    summary: summarySchema.nullable().default(null).describe('the custom object of orderMode "summary"'),
    statuses: z
      .strictObject(
        Object.fromEntries(
          orderStatuses.map((status) => [status, statusValue.describe(`picklist value for "${status}"`)]),
        ) as Record<(typeof orderStatuses)[number], typeof statusValue>,
      )
      .prefault({})
      .describe('Order.Status picklist value for each of our order statuses'),
    draftStatus: z
      .string()
      .min(1)
      .default('Draft')
      .describe('Order.Status value of category Draft in which orders are made'),
    activeFrom: z
      .array(z.enum(orderStatuses))
      .default(['released', 'partially-shipped', 'shipped', 'invoiced', 'closed'])
      .describe(
        'statuses in which an order is activated (orderMode "activated"); their picklist values are of category Activated',
      ),
    externalIdFields: z
      .strictObject({
        Account: externalIdField('Account'),
        Contact: externalIdField('Contact'),
        Order: externalIdField('Order'),
        OrderItem: externalIdField('OrderItem (Order Product)'),
        Product2: externalIdField('Product2'),
      })
      .prefault({})
      .describe('where our identities are kept'),
    priceBookId: optionalId('price book of the orders; null = the standard price book'),
    recordTypeIds: z
      .strictObject({
        companyAccount: optionalId('record type of company accounts'),
        householdAccount: optionalId('record type of household accounts'),
        personAccount: optionalId('record type of person accounts; needed for accountModel "person"'),
        contact: optionalId('record type of contacts'),
        order: optionalId('record type of orders'),
      })
      .prefault({})
      .describe('record types; null = the default of the integration user'),
    existingAccounts: z
      .enum(['keep', 'update'])
      .default('keep')
      .describe(
        'keep: an account or contact that exists belongs to the CRM and is left alone; update: each order overwrites it',
      ),
    guestIdentity: z
      .enum(['email', 'order'])
      .default('email')
      .describe('what makes two guest orders the same guest: the same e-mail address, or nothing'),
    sharedEmails: z
      .array(z.string().min(1))
      .default([])
      .describe(
        "addresses that many guests give, e.g. a till's no-reply: such guests are told apart by order",
      ),
    unnamedPerson: z
      .string()
      .min(1)
      .max(80)
      .default('Guest')
      .describe('last name of a person whose name nobody knows'),
    products: z
      .enum(['create', 'must-exist'])
      .default('create')
      .describe('whether a product that the CRM lacks is made or the order is refused'),
    charges: z
      .strictObject({
        shipping: charge('shipping', 'Shipping'),
        fee: charge('fee', 'Fee'),
        tip: charge('tip', 'Tip'),
        duty: charge('duty', 'Duties'),
        tax: charge('tax', 'Tax'),
        rounding: charge('rounding', 'Rounding'),
        adjustment: charge('adjustment', 'Adjustment'),
        giftCard: charge('gift-card', 'Gift card'),
        custom: charge('custom', 'Custom item'),
      })
      .prefault({})
      .describe(
        'products of what is charged but is no catalogue item; an "item" crosswalk row with the key "charge:shipping" goes first',
      ),
    taxes: z
      .enum(['item', 'left-out'])
      .default('item')
      .describe(
        'taxes on top of prices: an item, so that the total is what the buyer owes; or left out of the total',
      ),
    toleranceMinor: z
      .int()
      .nonnegative()
      .default(2)
      .describe(
        'minor units by which the parts of an unedited order may miss its total; the rest goes into the rounding item',
      ),
    timeZone: z
      .string()
      .refine(isTimeZone, 'must be an IANA time zone such as "Europe/London"')
      .default('UTC')
      .describe('in which the calendar date of an order is read'),
    stateCountryPicklists: z
      .boolean()
      .default(false)
      .describe('whether state and country picklists are on: codes are sent instead of names'),
    orderFields: orderFieldsSchema.prefault({}).describe('custom fields on Order'),
    itemFields: itemFieldsSchema.prefault({}).describe('custom fields on OrderItem'),
  })
  .superRefine((org, issues) => {
    const issue = (path: string[], message: string) => issues.addIssue({ code: 'custom', path, message });
    if (org.accountModel === 'person' && !org.personAccounts) {
      issue(['accountModel'], '"person" needs an org with Person Accounts (personAccounts: true)');
    }
    if (org.accountModel === 'person' && org.recordTypeIds.personAccount === null) {
      issue(
        ['recordTypeIds', 'personAccount'],
        'accountModel "person" needs the id of the person account record type',
      );
    }
    if (org.orderMode === 'summary' && org.summary === null)
      issue(['summary'], 'orderMode "summary" needs the custom object that shows orders');
    for (const status of org.orderMode === 'activated' ? org.activeFrom : []) {
      if (org.statuses[status] === org.draftStatus) {
        issue(['statuses', status], `an activated order cannot have the draft status "${org.draftStatus}"`);
      }
    }
  });
export type OrgProfile = z.infer<typeof orgProfileSchema>;
export type ChargeKind = keyof OrgProfile['charges'];
