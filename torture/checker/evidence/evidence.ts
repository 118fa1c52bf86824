import type { CrmOrder } from '../facts/crm-order.ts';
import type { ErpSale } from '../facts/erp-sale.ts';
import type { ShopOrder } from '../facts/shop-order.ts';
import type {
  Account,
  Delivery,
  Effect,
  Fenced,
  Liveness,
  Message,
  NemesisEvent,
  Parked,
  Schedule,
} from './records.ts';

/** What is known of one retailer: the journals of its three systems, and the product's word. */
export type RetailerEvidence = {
  readonly retailer: string;
  /** The retailer's name for its shop, as the shop's own subscriptions have it. */
  readonly shopConnection: string;
  readonly shop: readonly Effect[];
  readonly erp: readonly Effect[];
  readonly crm: readonly Effect[];
  /** By the shop's number of the order. */
  readonly orders: ReadonlyMap<string, ShopOrder>;
  /** By the reference in the ERP, oldest first. */
  readonly sales: ReadonlyMap<string, readonly ErpSale[]>;
  readonly records: ReadonlyMap<string, CrmOrder>;
  readonly deliveries: readonly Delivery[];
  /** Null: the product was not asked, or did not answer. */
  readonly messages: readonly Message[] | null;
  readonly parked: readonly Parked[] | null;
  readonly account: Account | null;
};

/** Everything that a run left behind. */
export type Evidence = {
  readonly schedule: Schedule;
  readonly nemesis: readonly NemesisEvent[];
  readonly liveness: Liveness | null;
  readonly retailers: readonly RetailerEvidence[];
  /** Writes that took effect and whose answer was lost, as the emulated systems and the proxies counted them. */
  readonly ambiguous: number;
  readonly fenced: readonly Fenced[];
  readonly missing: readonly string[];
};

/** What ERP and CRM know an order by. */
export const keyOf = ({ shopConnection }: RetailerEvidence, order: string): string =>
  `order:${shopConnection}:${order}`;

/** The parts of such a key; null for anything else. */
export function orderIn(key: string): { readonly connection: string; readonly id: string } | null {
  const [, connection, id] = /^order:([^:/]+):([^:/]+)/.exec(key) ?? [];
  return connection === undefined || id === undefined ? null : { connection, id };
}

/** What makes two deliveries the same news. */
export const newsOf = (delivery: Delivery): string =>
  `${delivery.connection} ${delivery.topic} ${delivery.eventId} ${delivery.bodySha256}`;
export const newsOfMessage = (message: Message): string =>
  `${message.connection} ${message.topic} ${message.sourceEventId} ${message.bodySha256}`;

export const isAcknowledged = ({ status }: Delivery): boolean =>
  status !== null && status >= 200 && status < 300;
