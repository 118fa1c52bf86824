/** What can need a person in an order's life: what it means and the way out. Held equal to the documentation by a test. */
export const orderExceptions = {
  'edited-after-release': {
    means:
      'The order was changed at the storefront after the ERP had got it; the ERP still has the old form.',
    remedy:
      'Amend the order in the ERP and confirm with "erp-amended", or undo the change at the storefront: then this closes by itself.',
  },
  'order-edit-not-applied': {
    means:
      'The order was changed at the storefront, and the ERP refused to take the change; it still has the old form.',
    remedy:
      'Do what the ERP can still do (amend by hand, a second order for what was added, a return for what was taken away) and confirm with "erp-amended", or undo the change at the storefront. It is tried again by itself when goods move on, or with "amend".',
  },
  'address-changed-too-late': {
    means: 'The address was changed at the storefront when all goods had left already.',
    remedy:
      'Have the carrier redirect the parcel, or agree with the buyer on a return; then confirm with "erp-amended".',
  },
  'erp-order-differs': {
    means:
      'The order in the ERP comes to another total than what it was given: an older form of it arrived there after all, or somebody changed it there.',
    remedy:
      'Compare the two. "amend" gives the ERP the form of the storefront again; "erp-amended" leaves its order as it is.',
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
  'deleted-at-source': {
    means:
      'The record of an order that has all left was deleted at the storefront. Nothing is called off; ERP and CRM keep it.',
    remedy:
      'Where a person asked to be forgotten, erase what may be erased in ERP and CRM; then confirm with "acknowledge-deletion".',
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
  'entered-twice': {
    means: 'The ERP has the order twice: as it was keyed by hand, and as our own command made it meanwhile.',
    remedy: 'Cancel the one that was keyed by hand in the ERP, then close this with "exceptions resolve".',
  },
  'stock-short': {
    means: 'Stock did not suffice for all of the order.',
    remedy: 'Replenish or move stock, agree on a later delivery, or cancel the line at the storefront.',
  },
  'promised-later': {
    means: 'The ERP will send goods later than the buyer was promised.',
    remedy:
      'Tell the buyer, and offer to wait, to split or to cancel the line; or find the goods elsewhere. This closes when they left, or come in time.',
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
  'capture-refused': {
    means: 'Authorised money was to be captured, and the gateway or the storefront refused.',
    remedy:
      'Look at the reason in the detail. Capture at the storefront by hand, or agree on another payment with the buyer: then this closes by itself. "retry" asks once more.',
  },
  'authorization-expiring': {
    means: 'An authorisation ends soon, and money that the order still owes was not captured of it.',
    remedy:
      'Capture at the storefront, let the goods leave where the rule captures with them, or authorise anew. This closes when the money is captured.',
  },
  'authorization-expired': {
    means:
      'An authorisation ended before the money was captured. The order does not go to the ERP on its strength any more.',
    remedy:
      'Get another payment from the buyer at the storefront, or cancel; stop the delivery where goods have not left. This closes when the order is paid.',
  },
  'authorization-too-small': {
    means:
      'More is due for the order than was authorised. What was authorised is captured; the rest nobody has promised.',
    remedy: 'Collect the difference from the buyer at the storefront, or take what was added off the order.',
  },
  'captured-though-cancelled': {
    means: 'We captured money for an order that was cancelled meanwhile, and it was not given back.',
    remedy: 'Refund it at the storefront: then this closes by itself.',
  },
  'shipment-mismatch': {
    means: 'A shipment holds goods that the order does not have, or more of them.',
    remedy:
      'Correct the shipment in the ERP, or agree with the buyer on what was delivered beyond the order.',
  },
  'shipped-despite-edit': {
    means:
      'Goods left, or are being picked, that an edit at the storefront had taken away: the edit came too late for them.',
    remedy:
      'Stop them at the warehouse, or recall the parcel; or agree with the buyer, and take them up at the storefront again or credit their return.',
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
