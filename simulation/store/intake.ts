import { foundedId } from '#canonical/identity.ts';
import type { VirtualStore } from '../virtual-store.ts';
import type { Delivery } from './rows.ts';

export type Receipt = 'accepted' | 'duplicate' | 'parked';

/** Stores one message: dedupe, identity, inbox, lane, in one transaction. */
export function storeMessage(store: VirtualStore, delivery: Delivery): Receipt {
  const { world } = store;
  const { connection, topic, sourceEventId, bodyHash, subject } = delivery;
  const key = `${connection} ${topic} ${sourceEventId} ${bodyHash}`;
  const isKnown = store.seen.has(key);
  if (isKnown && !world.is('no-dedupe')) {
    world.met('a duplicate delivery was dropped');
    return 'duplicate';
  }
  if (isKnown) world.violated('one delivery is taken in once', key);
  store.seen.add(key);
  const messageId = store.nextNumber();
  const refKey = `${subject.ref.connection} ${subject.ref.type} ${subject.ref.id}`;
  const linked = store.links.get(refKey);
  const entity = linked ?? (subject.founds ? foundedId(subject.entity, subject.ref) : null);
  store.messages.set(messageId, { ...delivery, messageId, entity });
  world.note(`intake ${delivery.via} ${topic} ${sourceEventId} -> ${entity ?? 'nobody'} as ${messageId}`);
  if (entity === null) {
    const { parkedId } = store.openParked({
      kind: 'message',
      entity: null,
      key: String(messageId),
      connection,
      cause: 'unlinked-record',
      detail: refKey,
    });
    store.addWait({ topic: `link:${refKey}`, entity: '', parkedId });
    return 'parked';
  }
  if (linked === undefined) store.addLink(subject.ref.connection, subject.ref.type, subject.ref.id, entity);
  store.addEvent(entity, { kind: 'message', messageId, body: null });
  return 'accepted';
}
