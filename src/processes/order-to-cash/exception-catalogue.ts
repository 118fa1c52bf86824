/** What can need a person in an order's life: what it means and the way out. Held equal to the documentation by a test. */
export const orderExceptions = {
  'edited-after-release': {
    means:
      'The order was changed at the storefront after the ERP had got it; the ERP still has the old form.',
    remedy:
      'Amend the order in the ERP and confirm with "erp-amended", or undo the change at the storefront: then this closes by itself.',
  },
  'held-after-release': {
    means: 'The order was put on hold after the ERP had got it.',
    remedy: 'Stop the delivery in the ERP, or lift the hold: then this closes by itself.',
  },
  'too-late-to-cancel': {
    means: 'The order was cancelled, but the ERP no longer lets go of it: goods leave, or have left.',
    remedy:
      'Stop or recall the parcel and cancel in the ERP, or agree with the buyer and confirm with "keep-despite-cancel".',
  },
  'cancelled-in-erp': {
    means: 'The ERP shows the order cancelled while the buyer still expects it.',
    remedy: 'Cancel and refund at the storefront, or reopen the order in the ERP: either closes this.',
  },
  'rejected-by-platform': {
    means: 'A platform refused what it was asked, for a reason in the record itself.',
    remedy:
      'Correct the order at its source (the next version is tried by itself), or correct the platform and use "retry".',
  },
  'waiting-for-a-repair': {
    means:
      'A command stands still until somebody mends what it lacks, such as a crosswalk row or an authorisation.',
    remedy: 'Mend what is named in the detail; the command then goes on by itself.',
  },
  'withdrawn-by-operator': {
    means: 'An operator took a command back before it was sent.',
    remedy: 'Use "retry" when it is to be sent after all; a changed order is sent by itself.',
  },
  'missing-in-erp': {
    means: 'The ERP should have the order by now, and does not show it.',
    remedy:
      'Look at what the detail names. Where the ERP took the order and lost it, check there and use "retry"; this closes when the ERP shows the order.',
  },
  'stock-short': {
    means: 'Stock did not suffice for all of the order.',
    remedy: 'Replenish or move stock, agree on a later delivery, or cancel the line at the storefront.',
  },
  'order-unreadable': {
    means: 'The order is spoken of, but its source does not show it.',
    remedy: 'Check the connection and its permissions at the storefront, then use "reread".',
  },
  'went-backwards': {
    means:
      'A platform reported a state that lies behind the one before and is no declared reversal. It was believed.',
    remedy: 'Check the record at that platform; this closes when it is again where it was, or further on.',
  },
  'shipment-mismatch': {
    means: 'A shipment holds goods that the order does not have, or more of them.',
    remedy:
      'Correct the shipment in the ERP, or agree with the buyer on what was delivered beyond the order.',
  },
  'shipment-cancelled-after-told': {
    means: 'The ERP cancelled a shipment of which the storefront, and perhaps the buyer, was told.',
    remedy: 'Cancel the fulfilment at the storefront.',
  },
  undeliverable: {
    means: 'The carrier could not deliver a shipment.',
    remedy: 'Agree with the buyer on a second delivery or a return.',
  },
  'invoiced-more-than-ordered': {
    means: 'The invoices in the ERP exceed the order by more than the tolerance.',
    remedy: 'Credit the difference in the ERP.',
  },
} as const satisfies Readonly<Record<string, { readonly means: string; readonly remedy: string }>>;

export type OrderException = keyof typeof orderExceptions;
