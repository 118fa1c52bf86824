import { type Delivery, deliveriesOf, type DeliveryPlan } from './deliveries.ts';
import { sendAtRate, sendFlood, type Sent } from './sender.ts';

/** What the driver's process is asked to send, and how. Two messages: first everything is prepared, then it is sent. */
export type DriverTask = { readonly plan: DeliveryPlan; readonly port: number } & (
  | { readonly pace: 'flood'; readonly connections: number }
  | { readonly pace: 'rate'; readonly ordersPerSecond: number }
);
export type DriverMessage = { readonly kind: 'prepare'; readonly task: DriverTask } | { readonly kind: 'go' };

let prepared: { readonly task: DriverTask; readonly deliveries: readonly Delivery[] } | null = null;

async function send(): Promise<Sent> {
  if (prepared === null) throw new Error('nothing is prepared');
  const { task, deliveries } = prepared;
  const target = { port: task.port, first: task.plan.first, orders: task.plan.orders };
  if (task.pace === 'flood') return sendFlood(deliveries, target, task.connections);
  return sendAtRate(deliveries, target, (task.ordersPerSecond * deliveries.length) / task.plan.orders);
}

process.on('message', (message: DriverMessage) => {
  if (message.kind === 'prepare') {
    prepared = { task: message.task, deliveries: deliveriesOf(message.task.plan) };
    process.send?.(null);
  } else void send().then((sent) => process.send?.(sent));
});
process.on('disconnect', () => process.exit(0));
