import Big from 'big.js';
import type { JsonObject } from '#canonical/json.ts';
import type { NetSuitePlatform } from '#connectors/netsuite/emulator.ts';
import type { Line, Transaction } from '#connectors/netsuite/emulator/account.ts';
import type { ErpDesk } from './erp-desk.ts';

/** `SO-` and our order's id, in which every byte but `a-z 0-9 -` is `_` and two hex digits. */
export function referenceOfKey(key: string): string {
  const id = key
    .slice(3)
    .replaceAll(/_([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return `order:${id}`;
}

/** The people at a NetSuite account: what is pending fulfilment (or billing, where nothing is to be sent) is theirs. */
export function netsuiteDesk(platform: NetSuitePlatform): ErpDesk {
  const open = (sale: string): Transaction | null => {
    const order = platform.account.transactions.get(sale);
    return order === undefined || !['B', 'D', 'E', 'F'].includes(order.status) ? null : order;
  };
  return {
    handedOver: ({ type, key, data }) =>
      type === 'salesOrder.created' && ['B', 'F'].includes((data as { readonly status: string }).status)
        ? { sale: (data as { readonly id: string }).id, reference: referenceOfKey(key) }
        : null,
    saleUnder(reference) {
      const found = [...platform.account.transactions.values()].find(
        ({ type, externalId }) =>
          type === 'SalesOrd' && externalId !== null && referenceOfKey(externalId) === reference,
      );
      return found?.id ?? null;
    },
    ship(sale, { parts = 1, keep = 0, tracking = [] }) {
      let sent = 0;
      for (let part = 0; part < parts - keep; part += 1) {
        const order = open(sale);
        const left = order?.lines.filter((line) => isShippable(line) && openOf(line, 'shipped').gt(0)) ?? [];
        if (order === null || left.length === 0) break;
        const share = (line: Line): Big =>
          left.includes(line)
            ? openOf(line, 'shipped')
                .div(parts - part)
                .round(0, Big.roundUp)
            : new Big(0);
        const number = tracking[part];
        platform.transform(sale, 'itemFulfillment', {
          shipStatus: { id: 'C' },
          item: { items: order.lines.map((line) => taken(line, share(line))) },
          ...(number !== undefined && { package: { items: [{ packageTrackingNumber: number }] } }),
        });
        sent += 1;
      }
      return sent;
    },
    canBeInvoiced(sale) {
      const order = open(sale);
      if (order === null) return false;
      const goods = order.lines.filter(isShippable);
      return goods.length === 0 || goods.some(({ shipped }) => new Big(shipped).gt(0));
    },
    invoice(sale, isPaid) {
      const order = open(sale);
      if (order === null) return;
      // What left is billed; services are billed with the first of it.
      const due = (line: Line): Big =>
        line.isService ? openOf(line, 'billed') : new Big(line.shipped).minus(line.billed);
      if (!order.lines.some((line) => !line.isClosed && due(line).gt(0))) return;
      const body = { item: { items: order.lines.map((line) => taken(line, due(line))) } };
      const document = platform.transform(sale, 'invoice', body);
      if (isPaid) platform.move(document.id, 'B');
    },
    expireLogins: () => platform.logins.revokeTokens(),
  };
}

const isShippable = ({ isService, isClosed }: Line): boolean => !isService && !isClosed;
const openOf = (line: Line, done: 'shipped' | 'billed'): Big => new Big(line.quantity).minus(line[done]);

/** So many of a line; none is said, since a line that is not named is taken as a whole. */
const taken = ({ line }: Line, quantity: Big): JsonObject =>
  quantity.gt(0)
    ? { orderLine: line, quantity: quantity.toNumber(), itemReceive: true }
    : { orderLine: line, itemReceive: false };
