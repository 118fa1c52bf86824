import type { Account, Transaction } from '../emulator/account.ts';
import { savedOrder } from '../emulator/sales-orders.ts';

/** Puts an order into the account as somebody would who was there before us: 2 mugs at 10.00, pending fulfilment. */
export function placeOrder(
  account: Account,
  externalId: string | null,
  /** Of its only line. */ lineId: string | null = null,
): Transaction {
  const customer = {
    id: account.nextId(),
    externalId: null,
    fields: {},
    creditHold: 'AUTO',
    version: 1,
  } as const;
  account.putCustomer(customer);
  const body = {
    entity: { id: customer.id },
    currency: { id: '2' },
    orderStatus: { id: 'B' },
    item: {
      items: [
        {
          item: { id: '101' },
          quantity: 2,
          rate: 10,
          ...(lineId !== null && { custcol_tallyport_line: lineId }),
        },
      ],
    },
  };
  const nowMs = Date.now();
  const saving = { account, body, replaceLines: false, beganMs: nowMs, externalId, searchableMs: nowMs };
  const order = savedOrder(undefined, saving);
  account.put(order);
  return order;
}
