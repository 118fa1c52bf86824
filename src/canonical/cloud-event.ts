import { z } from 'zod';
import { type CanonicalEvent, canonicalEventSchema, type EventType } from './event.ts';
import { externalRefSchema, instantSchema, sourceVersionSchema, textSchema } from './primitives.ts';

/** What only the engine needs: it carries no record, and the event that follows from it does. */
const internalTypes = ['order.touched'] as const satisfies readonly EventType[];
export type OutwardType = Exclude<EventType, (typeof internalTypes)[number]>;
const isInternal = (type: EventType): type is (typeof internalTypes)[number] =>
  internalTypes.some((other) => other === type);

/** The version of every outward event; one that must break gets its own number and is sent beside the old one. */
const contractVersion = 1;

/** The event's name on the wire, e.g. `io.tallyport.order.observed.v1`. */
export const wireTypeOf = (type: OutwardType): string => `io.tallyport.${type}.v${contractVersion}`;

/** What names the contract the data keeps to: the `$id` of the file below contracts/events/. */
export const dataSchemaOf = (type: OutwardType): string =>
  `urn:tallyport:contracts:events:${type}:v${contractVersion}`;

/** CloudEvents 1.0 attributes and our extension attributes. Other extension attributes pass. */
const attributes = {
  specversion: z.literal('1.0'),
  id: textSchema.describe('unique with `source`; the same when an event is sent again'),
  source: z
    .string()
    .regex(/^\/tenants\/[^/]+\/connections\/[^/]+$/)
    .describe('whose record it is, and through which connection it was seen'),
  subject: textSchema.describe('canonical id of the record'),
  time: instantSchema.describe('when the record became so at its source'),
  datacontenttype: z.literal('application/json'),
  tenant: textSchema,
  partitionkey: textSchema.describe('events with the same key arrive in order; the subject'),
  correlationid: textSchema.describe('the same for all that follows from one business event'),
  causationid: textSchema.exactOptional().describe('id of the event or command that this one follows from'),
};

type Envelope = { readonly [Key in OutwardType]: z.ZodType<CloudEvent> };

/** One schema an outward event: the envelope, with `data` = where the record lives, which state of it, and the record. */
export const cloudEventSchemas = Object.fromEntries(
  canonicalEventSchema.options.flatMap(({ shape }) => {
    const type = shape.type.value;
    if (isInternal(type)) return [];
    const data = z.strictObject({ ref: externalRefSchema, version: sourceVersionSchema, record: shape.data });
    const wire = { type: z.literal(wireTypeOf(type)), dataschema: z.literal(dataSchemaOf(type)) };
    return [[type, z.looseObject({ ...attributes, ...wire, data })]];
  }),
) as unknown as Envelope;

export const outwardTypes = Object.keys(cloudEventSchemas) as readonly OutwardType[];

export type CloudEvent = {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  readonly tenant: string;
  readonly partitionkey: string;
  readonly correlationid: string;
  readonly causationid?: string;
  readonly data: {
    readonly ref: z.infer<typeof externalRefSchema>;
    readonly version: z.infer<typeof sourceVersionSchema>;
    readonly record: unknown;
  };
};

/** What the journal knows about an event beside the event itself. */
export type EventOrigin = {
  /** The journal's id of the event. */
  readonly id: string;
  readonly tenant: string;
  /** Canonical id of the record. */
  readonly subject: string;
  readonly correlationId: string;
  readonly causationId: string | null;
};

/** The envelope in which an event leaves, or null for one that stays inside. */
export function toCloudEvent(event: CanonicalEvent, origin: EventOrigin): CloudEvent | null {
  if (isInternal(event.type)) return null;
  return {
    specversion: '1.0',
    id: origin.id,
    source: `/tenants/${encodeURIComponent(origin.tenant)}/connections/${encodeURIComponent(event.subject.ref.connection)}`,
    type: wireTypeOf(event.type),
    subject: origin.subject,
    time: event.version.at,
    datacontenttype: 'application/json',
    dataschema: dataSchemaOf(event.type),
    tenant: origin.tenant,
    partitionkey: origin.subject,
    correlationid: origin.correlationId,
    ...(origin.causationId === null ? {} : { causationid: origin.causationId }),
    data: { ref: event.subject.ref, version: event.version, record: event.data },
  };
}

/** What keeps a message from being one of our events: path and message each, empty when it is one. Never throws. */
export function cloudEventProblems(
  message: unknown,
): readonly { readonly path: string; readonly message: string }[] {
  const { success, data } = z.looseObject({ type: z.string() }).safeParse(message);
  const type = success ? outwardTypes.find((candidate) => wireTypeOf(candidate) === data.type) : undefined;
  if (!success || type === undefined) return [{ path: 'type', message: 'is none of our event types' }];
  const unnamed = Object.keys(data).filter((name) => !/^[a-z0-9]+$/.test(name) && name !== 'data_base64');
  const issues = cloudEventSchemas[type].safeParse(message).error?.issues ?? [];
  return [
    ...unnamed.map((name) => ({
      path: name,
      message: 'an attribute name has lower-case letters and digits only',
    })),
    ...issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
  ];
}
