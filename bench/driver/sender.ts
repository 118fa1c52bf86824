import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../measure/monotonic-clock.ts';
import { Connection } from './connection.ts';
import type { Delivery } from './deliveries.ts';

/** What the driver saw. Times in monotonic milliseconds. */
export type Sent = {
  readonly startMs: number;
  /** When the last delivery was acknowledged. */
  readonly endMs: number;
  readonly deliveries: number;
  /** By order, from the plan's first: when its first delivery was due to leave. */
  readonly sentAtMs: Float64Array;
  /** From when a delivery was due to leave to its acknowledgement, in the order in which these came. */
  readonly ackMs: Float64Array;
  /** Answers other than 200, by status (0: none); each was sent again. */
  readonly refused: Readonly<Record<string, number>>;
};

const againAfterMs = 200;

class Sending {
  readonly #port: number;
  readonly #sentAtMs: Float64Array;
  readonly #ackMs: Float64Array;
  readonly #first: number;
  readonly #refused: Record<string, number> = {};
  #acked = 0;
  #endMs = 0;

  constructor(port: number, first: number, orders: number, deliveries: number) {
    this.#port = port;
    this.#first = first;
    this.#sentAtMs = new Float64Array(orders);
    this.#ackMs = new Float64Array(deliveries);
  }

  open(): Connection {
    return new Connection(this.#port);
  }

  /** Sends until it is acknowledged, as a platform would. */
  async deliver(connection: Connection, delivery: Delivery, dueMs: number): Promise<void> {
    if (!delivery.isRepeat) this.#sentAtMs[delivery.order - this.#first] = dueMs;
    for (
      let status = await connection.send(delivery.bytes);
      status !== 200;
      status = await connection.send(delivery.bytes)
    ) {
      this.#refused[status] = (this.#refused[status] ?? 0) + 1;
      await sleep(againAfterMs);
    }
    this.#endMs = monotonicMs();
    this.#ackMs[this.#acked] = this.#endMs - dueMs;
    this.#acked += 1;
  }

  sent(startMs: number): Sent {
    return {
      startMs,
      endMs: this.#endMs,
      deliveries: this.#acked,
      sentAtMs: this.#sentAtMs,
      ackMs: this.#ackMs,
      refused: this.#refused,
    };
  }
}

type Target = { readonly port: number; readonly first: number; readonly orders: number };

/** As fast as they are acknowledged, on so many connections. */
export async function sendFlood(
  deliveries: readonly Delivery[],
  target: Target,
  connections: number,
): Promise<Sent> {
  const sending = new Sending(target.port, target.first, target.orders, deliveries.length);
  const startMs = monotonicMs();
  let next = 0;
  const lane = async (): Promise<void> => {
    const connection = sending.open();
    for (let delivery = deliveries[next++]; delivery !== undefined; delivery = deliveries[next++])
      await sending.deliver(connection, delivery, monotonicMs());
    connection.close();
  };
  await Promise.all(Array.from({ length: Math.min(connections, deliveries.length) }, lane));
  return sending.sent(startMs);
}

/** At a fixed pace, whatever the answers do: a delivery that has to wait for a socket waits from when it was due. */
export async function sendAtRate(
  deliveries: readonly Delivery[],
  target: Target,
  deliveriesPerSecond: number,
): Promise<Sent> {
  const sending = new Sending(target.port, target.first, target.orders, deliveries.length);
  const startMs = monotonicMs();
  const idle: Connection[] = [];
  const all: Connection[] = [];
  const underWay: Promise<void>[] = [];
  for (let index = 0; index < deliveries.length;) {
    const dueCount = Math.min(
      deliveries.length,
      Math.ceil(((monotonicMs() - startMs) * deliveriesPerSecond) / 1_000),
    );
    for (; index < dueCount; index += 1) {
      const delivery = deliveries[index] as Delivery;
      let connection = idle.pop();
      if (connection === undefined) all.push((connection = sending.open()));
      const used = connection;
      const dueMs = startMs + (index * 1_000) / deliveriesPerSecond;
      underWay.push(sending.deliver(used, delivery, dueMs).then(() => void idle.push(used)));
    }
    await sleep(1);
  }
  await Promise.all(underWay);
  for (const connection of all) connection.close();
  return sending.sent(startMs);
}
