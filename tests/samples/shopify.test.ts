import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CanonicalEvent, canonicalEventSchema } from '#canonical/event.ts';
import type { Subject } from '#canonical/identity.ts';
import type { Json, JsonObject } from '#canonical/json.ts';
import { parseJsonLossless } from '#connector-sdk/json-lossless.ts';
import { type Mapped, mapped } from '#connector-sdk/mapping.ts';
import { inbound } from '#connectors/shopify/inbound/topics.ts';

/** Payloads of public projects, kept outside the repository (their licences are their own). */
const folder = join(
  process.env['TALLYPORT_SAMPLES'] ?? join(import.meta.dirname, '../../../shared/samples'),
  'shopify',
);
const isThere = existsSync(folder);

type Reading = Mapped<{ readonly subject: Subject; readonly events: readonly CanonicalEvent[] }>;
type Sample = { readonly file: string; readonly topic: string; readonly body: JsonObject };

function read({ topic, body }: Sample): Reading {
  const mapping = inbound[topic];
  if (!mapping) throw new Error(`no mapping for ${topic}`);
  const message = {
    connection: 'shop',
    topic,
    occurredAt: '2026-11-24T12:00:00.000Z',
    body,
    bodyHash: 'hash',
  };
  return mapped(() => ({ subject: mapping.subject(body, 'shop'), events: mapping.map(message) }));
}

/** The records of a REST answer (`{ order }`, `{ orders }` ...), each under the topic that would carry it. */
const topicOf = {
  order: 'orders/updated',
  fulfillment: 'fulfillments/update',
  transaction: 'order_transactions/create',
  refund: 'refunds/create',
};

function samplesOf(file: string, content: Json): Sample[] {
  if (file.startsWith('webhooks/')) {
    const topic = file.replace('webhooks/', '').replace('.json', '').replace('.', '/');
    return topic in inbound ? [{ file, topic, body: content as JsonObject }] : [];
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return [];
  const fields = content as JsonObject;
  return Object.entries(topicOf).flatMap(([name, topic]) => {
    const bodies = [
      ...(fields[name] === undefined ? [] : [fields[name]]),
      ...((fields[`${name}s`] as Json[] | undefined) ?? []),
    ];
    return bodies.map((body) => ({ file, topic, body: body as JsonObject }));
  });
}

const files = isThere
  ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.replaceAll('\\', '/'))
      .sort()
  : [];
const samples = files.flatMap((file) =>
  samplesOf(file, parseJsonLossless(readFileSync(join(folder, file), 'utf8'))),
);
const only = (file: string): Sample => {
  const found = samples.filter((sample) => sample.file === file);
  if (found.length !== 1 || !found[0]) throw new Error(`${file} holds ${found.length} records`);
  return found[0];
};
const eventOf = (sample: Sample): CanonicalEvent => {
  const reading = read(sample);
  if (!reading.ok)
    throw new Error(reading.problems.map(({ path, message }) => `${path}: ${message}`).join('; '));
  const [event] = reading.value.events;
  if (!event) throw new Error(`${sample.file} gave no event`);
  return event;
};

describe.skipIf(!isThere)(
  `Shopify payloads of other projects${isThere ? '' : ` (skipped: no folder ${folder})`}`,
  () => {
    test('the folder holds what this suite speaks of', () => {
      expect(files.length).toBeGreaterThanOrEqual(90);
      expect(samples.length).toBeGreaterThanOrEqual(30);
    });

    test.each(samples.map((sample, index) => [`${sample.file} ${index}`, sample] as const))(
      '%s ends mapped, or unmappable with a path',
      (_, sample) => {
        const reading = read(sample);
        if (reading.ok) for (const event of reading.value.events) canonicalEventSchema.parse(event);
        else expect(reading.problems.every(({ path }) => path !== '')).toBe(true);
      },
    );

    const orders: [file: string, id: string, grand: string, outstanding: number, lines: number][] = [
      ['order.cancelled', '450789469', '19965 USD', 0, 3],
      ['order.create-customer', '1073459972', '19900 USD', 19_900, 1],
      ['order.create-eur-tax', '1073459976', '23847 EUR', 0, 1],
      ['order.create-pending', '1073459983', '19900 USD', 19_900, 1],
      ['order.create-tx', '1073459980', '19900 USD', 14_900, 1],
      ['order.minimal', '1073459969', '19900 USD', 19_900, 1],
      ['order.partially-refunded', '450789469', '19965 USD', 0, 3],
      ['orders.authorized', '450789469', '19965 USD', 0, 3],
      ['orders.page', '450789469', '19965 USD', 0, 3],
    ];
    test.each(orders)(
      '%s.json of 2026-07 maps, and its parts explain its total',
      (file, id, grand, outstanding, lines) => {
        const event = eventOf(only(`rest-2026-07/${file}.json`));
        if (event.type !== 'order.observed') throw new Error(event.type);
        const { totals } = event.data;
        expect(event.data.ref).toEqual({ connection: 'shop', type: 'Order', id });
        expect(`${totals.grand.shop.amountMinor} ${totals.grand.shop.currency}`).toBe(grand);
        expect(totals.outstanding.shop.amountMinor).toBe(outstanding);
        expect(totals.rounding.shop.amountMinor).toBe(0);
        expect(event.data.lines).toHaveLength(lines);
      },
    );

    test('an order with a refund and a failed fulfilment shows both', () => {
      const event = eventOf(only('rest-2026-07/order.partially-refunded.json'));
      if (event.type !== 'order.observed') throw new Error(event.type);
      const { data } = event;
      expect(data.poNumber).toBe('ABC123');
      expect(data.payment.state).toBe('partially-refunded');
      expect(data.totals.original.shop.amountMinor).toBe(59_894);
      expect(data.totals.tax.shop.amountMinor).toBe(398);
      expect(data.totals.discounts.shop.amountMinor).toBe(333);
      expect(data.shipments.map(({ status }) => status)).toEqual(['cancelled']);
      expect(
        data.lines.map(({ quantities: { open, shipped, cancelled } }) => [open, shipped, cancelled]),
      ).toEqual([
        ['0', '0', '1'],
        ['1', '0', '0'],
        ['0', '0', '1'],
      ]);
      expect(data.refunds[0]?.transactionIds).toEqual(['179259969']);
      expect(data.discounts).toMatchObject([
        { kind: 'code', code: 'TENOFF', target: 'order', value: { type: 'fixed', amount: '10' } },
      ]);
      expect(data.orderedAt).toBe('2008-01-10T16:00:00.000Z');
      expect(data.shipTo.address).toMatchObject({
        subdivision: 'US-KY',
        country: 'US',
        lines: ['Chestnut Street 92'],
      });
    });

    test.each(['create', 'cancelled', 'fulfilled', 'paid'])(
      'orders/%s names a group of lines that it does not describe, so the order is read, by its exact id',
      (topic) => {
        expect(eventOf(only(`webhooks/orders.${topic}.json`))).toMatchObject({
          type: 'order.touched',
          subject: { ref: { id: '820982911946154508' } },
          version: { at: '2022-01-01T00:00:00.000Z' },
          data: { reason: 'webhook-lacks-line-item-group' },
        });
      },
    );

    test('the same order without its groups is taken whole, with exact ids in place of rounded numbers', () => {
      const sample = only('webhooks/orders.create.json');
      const lines = (sample.body['line_items'] as JsonObject[]).map((line) => ({
        ...line,
        sales_line_item_group_id: null,
      }));
      const event = eventOf({ ...sample, body: { ...sample.body, line_items: lines } });
      if (event.type !== 'order.observed') throw new Error(event.type);
      const { data } = event;
      expect(data.id).toBe('order:shop:820982911946154508');
      expect(data.test).toBe(true);
      expect(data.cancelled).toEqual({ at: '2022-01-01T00:00:00.000Z', reason: 'customer' });
      expect(data.lines.map(({ id }) => id)).toEqual([
        '487817672276298554',
        '789012345678901234',
        '890123456789012345',
        '976318377106520349',
        '315789986012684393',
      ]);
      expect(data.totals.grand.shop.amountMinor).toBe(41_495);
      expect(data.totals.original.shop.amountMinor).toBe(40_495);
      expect(data.totals.rounding.shop.amountMinor).toBe(0);
      expect(data.soldTo.party).toMatchObject({ kind: 'person', ref: { id: '115310627314723954' } });
    });

    test('a transaction, a fulfilment, a refund, a hold and a deletion each become what they are', () => {
      expect(eventOf(only('webhooks/order_transactions.create.json'))).toMatchObject({
        type: 'payment.observed',
        data: {
          id: '120560818172775265',
          kind: 'authorization',
          status: 'succeeded',
          method: 'visa',
          instrument: 'card',
          amount: { shop: { amountMinor: 41_995 } },
        },
      });
      expect(eventOf(only('webhooks/fulfillments.create.json'))).toMatchObject({
        type: 'shipment.observed',
        data: { status: 'planned' },
      });
      expect(eventOf(only('rest-2026-07/fulfillment.create.json'))).toMatchObject({
        type: 'shipment.observed',
        data: { status: 'shipped', number: '#1001.2', packages: [{ trackingNumber: 'MS1562678' }] },
      });
      expect(eventOf(only('rest-2026-07/fulfillment.cancel.json'))).toMatchObject({
        data: { status: 'cancelled' },
      });
      expect(eventOf(only('webhooks/refunds.create.json'))).toMatchObject({
        type: 'order.touched',
        data: { reason: 'refunded' },
      });
      expect(eventOf(only('webhooks/fulfillment_orders.placed_on_hold.json'))).toMatchObject({
        type: 'order.touched',
        subject: { ref: { type: 'FulfillmentOrder', id: '1' }, founds: false },
      });
      expect(eventOf(only('webhooks/orders.delete.json'))).toMatchObject({ type: 'order.deleted' });
    });

    const refused: [file: string, paths: string[]][] = [
      ['client-fixtures/go.order.json', ['presentment_currency', 'customer.id', 'line_items[0].price_set']],
      ['client-fixtures/py.order.json', ['presentment_currency', 'tags', 'line_items[0].current_quantity']],
      [
        'client-fixtures/rb-old.orders.json',
        ['presentment_currency', 'line_items[0].current_quantity', 'line_items[0].gift_card'],
      ],
      ['client-fixtures/py.refund_calculate.json', ['order_id', 'created_at']],
      ['rest-2026-07/refund.calculate.json', ['order_id', 'created_at']],
    ];
    test.each(refused)(
      '%s is of another time or kind, and is refused by path, never filled up',
      (file, paths) => {
        const reading = read(only(file));
        const named = reading.ok ? [] : reading.problems.map(({ path }) => path);
        expect(named).toEqual(expect.arrayContaining(paths));
      },
    );
  },
);
