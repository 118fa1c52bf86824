import { subjectOf } from '#connector-sdk/subject-of.ts';
import { shopify } from '#connectors/shopify/connector.ts';
import { openDatabase } from '#journal/database.ts';
import { type IncomingMessage, storeMessages } from '#journal/intake-store.ts';
import { classOf } from '#journal/priority-class.ts';
import { masterKeyFrom } from '#journal/sealed-box.ts';
import { orderBody } from '../driver/bench-order.ts';

const batchSize = 500;
const atOnce = 3;

/** Where orders are put, and under which key they are sealed. */
export type BacklogPlace = {
  readonly databaseUrl: string;
  readonly masterKey: string;
  readonly tenants: readonly string[];
};

/** Puts orders into the journal by the function that the gateway itself calls, without HTTP: durable, deduplicated, each in its lane. */
export async function fillBacklog(place: BacklogPlace, first: number, orders: number): Promise<void> {
  const database = openDatabase(place.databaseUrl, { max: atOnce });
  const master = masterKeyFrom(place.masterKey);
  let next = first;
  const end = first + orders;
  const lane = async (): Promise<void> => {
    while (next < end) {
      const from = next;
      next = Math.min(end, from + batchSize);
      const batch = Array.from({ length: next - from }, (_, index) => messageOf(place.tenants, from + index));
      await storeMessages(database, master, batch);
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, lane));
  } finally {
    await database.end();
  }
}

function messageOf(tenants: readonly string[], index: number): IncomingMessage {
  const [connection, topic, sourceEventId] = ['shop', 'orders/create', `bench-${index}-1`];
  const body = Buffer.from(orderBody(index));
  const { subject } = subjectOf({ connector: shopify, connection, topic, sourceEventId, body });
  const tenant = tenants[index % tenants.length] ?? '';
  return {
    tenant,
    connection,
    topic,
    sourceEventId,
    occurredAtMs: Date.now(),
    via: 'webhook',
    subject,
    body,
    class: classOf(subject.entity),
  };
}
