import { z } from 'zod';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { EntityType, Subject } from '#canonical/identity.ts';
import type { JsonObject } from '#canonical/json.ts';
import type { InboundMessage } from '#connector-sdk/mapping.ts';
import { parseWith } from '#connector-sdk/mapping.ts';
import { goneSchema, idSchema, isGone } from './record-body.ts';

/** What a record of an object without merges is about. */
export type About = { readonly entity: EntityType; readonly type: string; readonly founds: boolean };

export function recordSubject(
  body: JsonObject,
  connection: string,
  { entity, type, founds }: About,
): Subject {
  const { Id } = parseWith(z.object({ Id: idSchema }), body);
  return { entity, ref: { connection, type, id: Id }, founds };
}

/** A record that was deleted; null for one that is there. */
export function goneRecord(message: InboundMessage, about: About): readonly CanonicalEvent[] | null {
  if (!isGone(message.body)) return null;
  const gone = parseWith(goneSchema, message.body);
  return [
    {
      type: 'record.deleted',
      subject: recordSubject({ Id: gone.Id }, message.connection, about),
      version: { at: gone.SystemModstamp, hash: message.bodyHash },
      data: { at: gone.SystemModstamp },
    },
  ];
}
