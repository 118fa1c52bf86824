/** What a platform's refusal means and what a person can do about it. */
export type Refused = { readonly means: string; readonly remedy: string };

/**
 * The codes with which connectors say why a platform refused a command, where the reason has a name of ours. A code that is not
 * here is the platform's own, passed on as it is; the platform's documentation explains it.
 */
export const platformRefusals = {
  'too-late': {
    means: 'The ERP no longer takes the order, or a part of it, back: goods leave, or have left.',
    remedy: 'See the exception `too-late-to-cancel` or `order-edit-not-applied` of the order.',
  },
  'cannot-amend': {
    means: 'The ERP cannot change an order that it has in the way that is needed.',
    remedy: 'See the exception `order-edit-not-applied` of the order.',
  },
  'already-cancelled': {
    means: 'The record was cancelled at the platform before.',
    remedy: 'Reopen it there if the order still stands, then retry.',
  },
  'not-found': {
    means: 'The platform has no such record, or does not show it to us.',
    remedy: 'Check whether it was deleted, and which records our user may see.',
  },
  'order-not-found': {
    means: 'The storefront has no such order, or does not show it to us.',
    remedy: 'Check whether it was deleted, and whether the connection may read orders of that age.',
  },
  'duplicate-reference': {
    means: 'Several records carry the reference that should name one.',
    remedy: 'Decide which one is right, cancel the others at the platform, then retry.',
  },
  'duplicate-party': {
    means: 'Several parties at the platform could be this customer.',
    remedy: 'Merge them, or link the right one to the customer; then retry.',
  },
  'party-unreadable': {
    means: 'The party was made at the platform, but our user may not read it.',
    remedy: 'Grant our user the right to read parties, then retry.',
  },
  'duplicate-customer': {
    means: 'The platform holds another customer with the same name, and takes no second one.',
    remedy: 'Link that one to the customer, or let the platform number customers itself; then retry.',
  },
  'external-id-taken': {
    means: 'The external id belongs to a record of another kind, or of another integration.',
    remedy: 'Give the connection a key field of its own, then retry.',
  },
  'mandatory-field': {
    means:
      "The platform insists on a field that we do not fill: its form, a rule or a script of the account's own.",
    remedy: 'Give the field a default there, or make it optional on the form of our role; then retry.',
  },
  'not-deletable': {
    means: 'Other documents hang on the record, so that the platform does not let it go.',
    remedy: 'Close or void those documents there, then retry.',
  },
  'ambiguous-external-id': {
    means: 'Several records carry the external id that should name one.',
    remedy: 'Merge them, or take the id from all but one, then retry.',
  },
  'total-differs': {
    means: 'The ERP came to another total than the order, by more than the tolerance.',
    remedy: 'Compare prices, discounts and rounding in both; correct the set-up, then retry.',
  },
  'tax-differs': {
    means: 'The ERP levies another tax than the order states, by more than the tolerance.',
    remedy:
      'Compare the tax codes of the items and the tax-code crosswalk, then retry. The tax of the order is never changed.',
  },
  'currency-differs': {
    means: 'The record at the platform is in another currency than the order.',
    remedy: 'Correct the record, or give the order another one; then retry.',
  },
  'nothing-to-fulfil': {
    means:
      'The storefront has none of these goods left to ship: they were shipped, cancelled or refunded there.',
    remedy:
      'Compare the shipment with the order at the storefront; resolve the command when it is told already.',
  },
  'fulfilment-on-hold': {
    means: 'The goods are on hold at the storefront, although they left.',
    remedy: 'Lift the hold there, then retry.',
  },
  'authorization-not-found': {
    means: 'The storefront shows no such authorisation, or one that did not succeed.',
    remedy: 'Look at the payment at the storefront; authorise anew, or take another payment.',
  },
  'authorization-voided': {
    means: 'The authorisation was given up, so nothing can be captured of it.',
    remedy: 'Take another payment at the storefront, or cancel the order.',
  },
  'capture-too-late': {
    means: 'The authorisation ended before it was captured.',
    remedy: 'See the exception `authorization-expired` of the order.',
  },
  'capture-declined': {
    means: 'The gateway, or the bank behind it, declined to capture authorised money.',
    remedy:
      'See the exception `capture-refused` of the order; the reason of the gateway stands in the detail.',
  },
  'capture-exceeds-authorization': {
    means: 'More was to be captured than is authorised. Nothing was captured.',
    remedy:
      'Compare the payment at the storefront with the order; collect the difference by another payment.',
  },
  'single-capture': {
    means: 'The authorisation was captured already, and its gateway captures only once.',
    remedy: 'Collect the rest by another payment at the storefront.',
  },
  'already-captured': {
    means: 'Money was captured of the authorisation that was to be given up.',
    remedy: 'Refund at the storefront instead.',
  },
  'void-declined': {
    means: 'The gateway declined to give the authorisation up.',
    remedy: 'Void it at the gateway, or let it expire.',
  },
  'order-too-large': {
    means: 'The order has more lines than the connector reads in one go.',
    remedy: 'Split it, or raise the limit of the connector.',
  },
  'order-frozen': {
    means: 'The order can no longer be changed at the platform in the way that is needed.',
    remedy: 'Change it there by hand, or take it back to draft and retry.',
  },
  'product-missing': {
    means: 'An item of the order is not known at the platform.',
    remedy: 'Make the product there, or correct the item crosswalk; then retry.',
  },
  'standard-price-book-missing': {
    means: 'The platform shows no standard price book to our user.',
    remedy: 'Activate it and let our user read it, then retry.',
  },
  'price-book-entry-inactive': {
    means: 'The price book entry of an item is inactive.',
    remedy: 'Activate it, then retry.',
  },
  'needs-confirmation': {
    means: 'The platform asks a person to confirm a warning first.',
    remedy: 'Look at the warning in the detail; deal with its cause, or confirm the record there.',
  },
  'user-error': {
    means: 'The platform refused the values, in words that stand in the detail.',
    remedy: 'Correct what it names at the source, or the rule at the platform; then retry.',
  },
  'unknown-name': {
    means: 'The platform does not know a model, field or method that is asked for.',
    remedy: 'Check its version and that the module is active.',
  },
  'method-refused': {
    means: 'The platform does not offer this method to callers from outside.',
    remedy: 'Check its version and the permissions of our user.',
  },
  'bad-request': {
    means: 'The platform could not read the request.',
    remedy: 'Report it with the request: the connector and the platform disagree about the interface.',
  },
  'graphql-error': {
    means: 'The platform could not read the query.',
    remedy: 'Report it with the detail: the connector and the API version disagree.',
  },
  'max-cost-exceeded': {
    means: 'The query costs more than the platform allows for one call.',
    remedy: 'Report it with the detail; a smaller page size helps.',
  },
  'unexpected-answer': {
    means: 'The platform answered in a form that the connector does not know, to a request that only read.',
    remedy: 'Report it with the detail; check whether a proxy or a login page answered.',
  },
} as const satisfies Readonly<Record<string, Refused>>;

export type PlatformRefusal = keyof typeof platformRefusals;
