import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { dataSchemaOf, outwardTypes, toCloudEvent } from '#canonical/cloud-event.ts';
import { canonicalEventSchema } from '#canonical/event.ts';
import { sampleEvents } from './sample-events.ts';

const addFormats = addFormatsModule.default;
const folder = 'contracts/events';
const files = readdirSync(folder);
const contractOf = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as { $id: string };

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true, strictRequired: false });
addFormats(ajv);
const validators = new Map(files.map((file) => [contractOf(file).$id, ajv.compile(contractOf(file))]));

/** The schema that the CloudEvents project itself gives out; not part of this repository. */
const samples = process.env['TALLYPORT_SAMPLES'] ?? '../shared/samples';
const officialPath = join(samples, 'cloudevents/cloudevents.json');

const messages = sampleEvents.map((event) =>
  toCloudEvent(event, {
    id: '1',
    tenant: 'acme',
    subject: `${event.subject.entity}:shop:1`,
    correlationId: 'c-1',
    causationId: 'event:0',
  }),
);

describe('contracts/events', () => {
  test('has one file an outward event, each of which has a sample here', () => {
    expect(files).toEqual(outwardTypes.map((type) => `${type}.v1.schema.json`).toSorted());
    expect(new Set(sampleEvents.map(({ type }) => type))).toEqual(new Set(outwardTypes));
  });

  test.each(sampleEvents.map((event) => [event.type, event] as const))(
    '%s: our own message keeps to its contract',
    (_, event) => {
      expect(canonicalEventSchema.parse(event)).toEqual(event);
      const message = messages[sampleEvents.indexOf(event)];
      const validate = validators.get(message?.dataschema ?? '');
      validate?.(message);
      expect(validate?.errors).toBeNull();
    },
  );

  test.each(outwardTypes)('%s: a message without its parts does not', (type) => {
    const message = messages.find((candidate) => candidate?.dataschema === dataSchemaOf(type));
    const validate = validators.get(dataSchemaOf(type));
    for (const attribute of [
      'id',
      'source',
      'specversion',
      'type',
      'tenant',
      'partitionkey',
      'correlationid',
      'dataschema',
      'data',
    ] as const) {
      expect(validate?.({ ...message, [attribute]: undefined }), attribute).toBe(false);
    }
    expect(validate?.({ ...message, data: { ...message?.data, record: {} } })).toBe(false);
    expect(validate?.({ ...message, time: 'yesterday' })).toBe(false);
  });

  test('a reader lets fields pass that a later release adds', () => {
    const [message] = messages;
    const validate = validators.get(message?.dataschema ?? '');
    const later = {
      ...message,
      data: { ...message?.data, record: { ...(message?.data.record as object), loyalty: { points: 3 } } },
    };
    expect(validate?.(later)).toBe(true);
  });

  test('an amount is an integer and a price is text, also on the wire', () => {
    const message = structuredClone(
      messages.find((candidate) => candidate?.type === 'io.tallyport.order.observed.v1'),
    );
    const record = message?.data.record as {
      totals: { grand: { shop: { amountMinor: number } } };
      lines: { unitPrice: { shop: unknown } }[];
    };
    const validate = validators.get(message?.dataschema ?? '');
    expect(validate?.(message)).toBe(true);
    record.totals.grand.shop.amountMinor = 28.99;
    expect(validate?.(message)).toBe(false);
    record.totals.grand.shop.amountMinor = 2899;
    record.lines[0]!.unitPrice.shop = 10;
    expect(validate?.(message)).toBe(false);
  });
});

describe.skipIf(!existsSync(officialPath))(`the official CloudEvents schema (${officialPath})`, () => {
  const draft7 = new Ajv({ strict: false });
  addFormats(draft7);
  const validate = existsSync(officialPath)
    ? draft7.compile(JSON.parse(readFileSync(officialPath, 'utf8')) as object)
    : null;

  test.each(messages.map((message) => [message?.type, message] as const))('takes our %s', (_, message) => {
    validate?.(message);
    expect(validate?.errors).toBeNull();
  });

  test('and would not take one without id', () => {
    expect(validate?.({ ...messages[0], id: undefined })).toBe(false);
  });
});
