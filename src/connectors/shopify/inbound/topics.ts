import type { InboundMapping } from '#connector-sdk/connector.ts';
import { customer } from './customer.ts';
import { customerMerge } from './customer-merge.ts';
import { fulfillment } from './fulfillment.ts';
import { fulfillmentOrder } from './fulfillment-order.ts';
import { order } from './order.ts';
import { orderDeleted } from './order-deleted.ts';
import { orderEdited } from './order-edited.ts';
import { orderPolled } from './order-polled.ts';
import { orderTransaction } from './order-transaction.ts';
import { refund } from './refund.ts';

/** Which mapping reads which topic, in the header's form. Any other topic is stored and rejected with that reason. */
export const inbound: Readonly<Record<string, InboundMapping>> = {
  'orders/create': order,
  'orders/updated': order,
  'orders/paid': order,
  'orders/cancelled': order,
  'orders/fulfilled': order,
  'orders/partially_fulfilled': order,
  'orders/edited': orderEdited,
  'orders/delete': orderDeleted,
  'customers/create': customer,
  'customers/update': customer,
  'customers/enable': customer,
  'customers/disable': customer,
  'customers/merge': customerMerge,
  'orders/polled': orderPolled,
  'order_transactions/create': orderTransaction,
  'refunds/create': refund,
  'fulfillments/create': fulfillment,
  'fulfillments/update': fulfillment,
  'fulfillment_orders/order_routing_complete': fulfillmentOrder,
  'fulfillment_orders/placed_on_hold': fulfillmentOrder,
  'fulfillment_orders/hold_released': fulfillmentOrder,
  'fulfillment_orders/moved': fulfillmentOrder,
  'fulfillment_orders/split': fulfillmentOrder,
  'fulfillment_orders/merged': fulfillmentOrder,
  'fulfillment_orders/cancelled': fulfillmentOrder,
  'fulfillment_orders/rescheduled': fulfillmentOrder,
  'fulfillment_orders/scheduled_fulfillment_order_ready': fulfillmentOrder,
};
