import { createHash } from 'node:crypto';
import type { Subject } from '#canonical/identity.ts';
import type { Connector } from './connector.ts';
import { UnmappableError } from './mapping.ts';
import { readMessageBody } from './message-body.ts';

/** An index entry of the journal must hold connection, type and id together. */
const keyLimitBytes = 500;

/** Which record a message is about; `problem` says why that could not be told (it names fields, never their values). */
export type TellingSubject = { readonly subject: Subject; readonly problem: string | null };

/**
 * Tells from the parsed body which record a message is about. Never throws: a message whose topic is unknown, whose body cannot
 * be parsed or which names no record is about itself; it is stored all the same, and the worker rejects or parks it with the reason.
 */
export function subjectOf(message: {
  readonly connector: Pick<Connector, 'inbound'>;
  readonly connection: string;
  readonly topic: string;
  readonly sourceEventId: string;
  readonly body: Buffer;
}): TellingSubject {
  const { connector, connection, topic, sourceEventId, body } = message;
  const unknown = (problem: string): TellingSubject => ({
    subject: {
      entity: 'message',
      ref: { connection, type: storableKey(topic), id: storableKey(sourceEventId) },
      founds: true,
    },
    problem,
  });
  const mapping = Object.hasOwn(connector.inbound, topic) ? connector.inbound[topic] : undefined;
  if (mapping === undefined) return unknown('unknown topic');
  const read = readMessageBody(body);
  if (!read.ok) return unknown(read.problem);
  try {
    const subject = mapping.subject(read.body, connection);
    const { type, id } = subject.ref;
    if (id === '' || storableKey(id) !== id || storableKey(type) !== type)
      return unknown("the record's id is empty or longer than any platform's");
    return { subject, problem: null };
  } catch (error) {
    return unknown(
      error instanceof UnmappableError
        ? `no record is named: ${error.problems.map(({ path }) => path).join(', ')}`
        : 'telling the record failed',
    );
  }
}

/** A text as it can stand in an index: one that is too long is replaced by its hash. */
export function storableKey(text: string): string {
  return Buffer.byteLength(text) <= keyLimitBytes
    ? text
    : `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
