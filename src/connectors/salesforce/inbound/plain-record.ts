import { z } from 'zod';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { EntityType, Subject } from '#canonical/identity.ts';
import type { JsonObject } from '#canonical/json.ts';
import type { ExternalRef } from '#canonical/primitives.ts';
import type { InboundMapping } from '#connector-sdk/connector.ts';
import { type InboundMessage, parseWith } from '#connector-sdk/mapping.ts';
import { goneSchema, idSchema, isGone } from './record-body.ts';

/** What a record of an object without merges is about. */
type About = { readonly entity: EntityType; readonly type: string; readonly founds: boolean };

/** Type and data of one event. */
type Observed = CanonicalEvent extends infer E
  ? E extends CanonicalEvent
    ? Pick<E, 'type' | 'data'>
    : never
  : never;

/** The mapping of an object without merges: its record as it stands, or that it was deleted. */
export function plainMapping<Body extends { readonly Id: string; readonly SystemModstamp: string }>(
  about: About,
  bodySchema: z.ZodType<Body>,
  observed: (record: Body, ref: ExternalRef) => Observed,
): InboundMapping {
  return {
    subject: (body, connection) => recordSubject(body, connection, about),
    map(message) {
      if (isGone(message.body)) return [goneRecord(message, about)];
      const record = parseWith(bodySchema, message.body);
      const { entity, type, founds } = about;
      const ref = { connection: message.connection, type, id: record.Id };
      return [
        {
          ...observed(record, ref),
          subject: { entity, ref, founds },
          version: { at: record.SystemModstamp, hash: message.bodyHash },
        },
      ];
    },
  };
}

function recordSubject(body: JsonObject, connection: string, { entity, type, founds }: About): Subject {
  const { Id } = parseWith(z.object({ Id: idSchema }), body);
  return { entity, ref: { connection, type, id: Id }, founds };
}

function goneRecord({ connection, body, bodyHash }: InboundMessage, about: About): CanonicalEvent {
  const gone = parseWith(goneSchema, body);
  return {
    type: 'record.deleted',
    subject: recordSubject({ Id: gone.Id }, connection, about),
    version: { at: gone.SystemModstamp, hash: bodyHash },
    data: { at: gone.SystemModstamp },
  };
}
