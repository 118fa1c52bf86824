import { mapped } from '#connector-sdk/mapping.ts';
import { readMessageBody } from '#connector-sdk/message-body.ts';
import type { EditCheck } from '#ops/message-edit.ts';
import { ownRetailer } from './accounts.ts';
import type { JournalAccess } from './journal-access.ts';

/** Reads a corrected message as its lane will: by the connector's own mapping of its topic. */
export function editCheck(access: JournalAccess): EditCheck {
  const { connections } = ownRetailer(access);
  const wrong = (message: string): ReturnType<EditCheck> => ({
    ok: false,
    problems: [{ path: '$', message }],
  });
  return ({ connection, topic, occurredAt }, bytes, bodyHash) => {
    const connector = connections.find(({ id }) => id === connection)?.connector;
    if (connector === undefined) return wrong(`connection ${connection} is not configured any more`);
    const mapping = Object.hasOwn(connector.inbound, topic) ? connector.inbound[topic] : undefined;
    if (mapping === undefined) return wrong(`${connection} sends ${topic}, which nothing here follows`);
    const read = readMessageBody(bytes);
    if (!read.ok) return wrong(read.problem);
    const result = mapped(() => {
      mapping.map({ connection, topic, occurredAt, body: read.body, bodyHash });
      return mapping.subject(read.body, connection);
    });
    return result.ok ? { ok: true, subject: result.value } : result;
  };
}
