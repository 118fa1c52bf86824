import { createHash, randomUUID } from 'node:crypto';
import type { OrgOptions } from '../org-options.ts';
import type { RecordStore } from '../record-store.ts';
import type { Author, Touched } from '../transaction.ts';
import { changePayload, type ChangeType, type Commit, gapPayload } from './change-event.ts';
import {
  changeEventSchema,
  channelSchema,
  eventName,
  type EventSchema,
  platformEventSchema,
} from './change-schema.ts';
import { EventBus } from './event-bus.ts';

/** A topic that can be subscribed to. */
export type Topic = {
  readonly name: string;
  readonly schema: EventSchema;
  readonly canPublish: boolean;
  wants(source: string): boolean;
};

const changeTypes: Readonly<Record<Touched['kind'], ChangeType>> = {
  created: 'CREATE',
  updated: 'UPDATE',
  deleted: 'DELETE',
};
const nobody = '000000000000000AAA';

/** Turns committed transactions into change events of the selected entities. */
export class ChangeFeed {
  readonly bus: EventBus;
  readonly #options: OrgOptions;
  readonly #schemas = new Map<string, EventSchema>();
  readonly #topics = new Map<string, Topic>();
  #commitNumber = 10_000_000_000;
  #toDrop = 0;
  /** Nothing is kept where nobody can ask for it: an org that serves no Pub/Sub API lives for hours under load. */
  isKept = false;

  constructor(store: RecordStore, options: OrgOptions) {
    this.#options = options;
    this.bus = new EventBus(options.now);
    const selected = options.changeDataCapture.filter((name) => store.object(name) !== undefined);
    const topic = (
      name: string,
      schema: EventSchema,
      sources: readonly string[],
      canPublish: boolean,
    ): void => {
      this.#schemas.set(schema.id, schema);
      this.#topics.set(name, { name, schema, canPublish, wants: (source) => sources.includes(source) });
    };
    for (const name of selected) {
      const object = store.object(name);
      if (object === undefined) continue;
      const schema = changeEventSchema(object);
      this.#schemas.set(name, schema);
      topic(`/data/${eventName(name)}`, schema, [name], false);
    }
    topic('/data/ChangeEvents', channelSchema(), selected, false);
    for (const [name, entities] of Object.entries(options.changeChannels))
      topic(
        `/data/${name}`,
        channelSchema(),
        entities.filter((entity) => selected.includes(entity)),
        false,
      );
    for (const [name, fields] of Object.entries(options.platformEvents))
      topic(`/event/${name}`, platformEventSchema(name, fields), [`/event/${name}`], true);
  }

  topic(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  schema(id: string): EventSchema | undefined {
    const schema = this.#schemas.get(id);
    return schema?.id === id ? schema : undefined;
  }

  /** The next events are lost on their way to the bus, without a gap event that would tell of them. */
  dropNext(count: number): void {
    this.#toDrop += count;
  }

  /** Told of a transaction that took effect. */
  committed(effects: readonly Touched[], author: Author): void {
    const selected = this.isKept ? effects.filter(({ object }) => this.#schemas.has(object)) : [];
    if (selected.length === 0) return;
    const commit = this.#commit(author);
    const isFlood = selected.length > this.#options.changesPerTransaction;
    const entities = new Set<string>();
    for (const [index, touched] of selected.entries()) {
      const schema = this.#schemas.get(touched.object);
      if (schema === undefined) continue;
      const at = { ...commit, sequenceNumber: index + 1 };
      if (isFlood && index >= this.#options.changesPerTransaction) {
        if (entities.has(touched.object)) continue;
        entities.add(touched.object);
        this.#append(
          touched.object,
          schema,
          gapPayload(touched.object, schema, 'GAP_OVERFLOW', at, [nobody]),
        );
        continue;
      }
      const type = changeTypes[touched.kind];
      const payload = changePayload(touched.object, schema, type, at, touched.record, touched.before);
      const isTooBig = payload.byteLength > this.#options.changeEventBytes;
      this.#append(
        touched.object,
        schema,
        isTooBig ? gapPayload(touched.object, schema, `GAP_${type}`, at, [touched.record.Id]) : payload,
      );
    }
  }

  /** A change about which the platform could not tell more, e.g. one made in its database. */
  gap(object: string, type: ChangeType, recordIds: readonly string[], author: Author): void {
    const schema = this.#schemas.get(object);
    if (schema === undefined) throw new TypeError(`${object} has no change events`);
    this.#append(object, schema, gapPayload(object, schema, `GAP_${type}`, this.#commit(author), recordIds));
  }

  publish(topic: Topic, id: string, payload: Buffer): number {
    return this.bus.append({
      source: topic.name,
      id: id === '' ? randomUUID() : id,
      schemaId: topic.schema.id,
      payload,
    });
  }

  #append(source: string, schema: EventSchema, payload: Buffer): void {
    const replay = this.bus.append({ source, id: randomUUID(), schemaId: schema.id, payload });
    if (this.#toDrop === 0) return;
    this.#toDrop -= 1;
    this.bus.drop(replay);
  }

  #commit(author: Author): Commit {
    this.#commitNumber += 17;
    const transactionKey = createHash('sha256').update(String(this.#commitNumber)).digest('hex').slice(0, 8);
    return {
      author,
      transactionKey: `${transactionKey}-${randomUUID().slice(9)}`,
      sequenceNumber: 1,
      commitNumber: this.#commitNumber,
      atMs: this.#options.now(),
    };
  }
}
