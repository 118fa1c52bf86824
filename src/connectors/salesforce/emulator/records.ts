import type { Json } from '#canonical/json.ts';
import { readFields, requireFields } from './field-values.ts';
import { applyRules, keepTotal, refuseDelete } from './object-rules.ts';
import type { OrgOptions } from './org-options.ts';
import { PlatformFault } from './platform-fault.ts';
import { normalId } from './record-ids.ts';
import type { RecordStore } from './record-store.ts';
import { asText, type EmulatedRecord, fieldNamed, type FieldDef, type ObjectDef } from './schema.ts';
import type { Transaction } from './transaction.ts';

export type Body = Readonly<Record<string, Json>>;
export type RequestHeaders = Readonly<Record<string, string>>;

/** Creates, changes and deletes records within a transaction, as the platform's save order does: fields, rules, duplicates, locks. */
export class Records {
  readonly store: RecordStore;
  readonly #options: OrgOptions;

  constructor(store: RecordStore, options: OrgOptions) {
    this.store = store;
    this.#options = options;
  }

  /** @throws PlatformFault NOT_FOUND */
  objectNamed(name: string): ObjectDef {
    const object = this.store.object(name);
    if (object === undefined)
      throw new PlatformFault('NOT_FOUND', 'The requested resource does not exist', { status: 404 });
    return object;
  }

  create(transaction: Transaction, object: ObjectDef, body: Body, headers: RequestHeaders): string {
    const values = readFields(this.store, object, body, 'create', this.#scale);
    const { id, number } = this.store.nextId(object.name);
    const now = new Date(this.#options.now()).toISOString().replace('Z', '+0000');
    const initial = Object.fromEntries(
      [...object.fields.values()].flatMap((field) =>
        field.initial === undefined ? [] : [[field.name, field.initial]],
      ),
    );
    const after: EmulatedRecord = {
      ...initial,
      ...values,
      Id: id,
      CreatedDate: now,
      LastModifiedDate: now,
      SystemModstamp: now,
      CreatedById: transaction.author.userId,
      LastModifiedById: transaction.author.userId,
    };
    if (object.name === 'Case') after['CaseNumber'] = String(number).padStart(8, '0');
    if (object.name === 'Quote') after['QuoteNumber'] = String(number).padStart(8, '0');
    if (object.name === 'QuoteLineItem') after['LineNumber'] = String(number).padStart(8, '0');
    if (object.name === 'Order') after['OrderNumber'] = String(number).padStart(8, '0');
    if (object.name === 'OrderItem') after['OrderItemNumber'] = String(number).padStart(10, '0');
    this.#save(transaction, object, null, after, headers);
    return id;
  }

  update(transaction: Transaction, object: ObjectDef, id: string, body: Body, headers: RequestHeaders): void {
    const before = this.byId(object, id);
    const values = readFields(this.store, object, body, 'update', (record) =>
      this.#scale({ ...before, ...record }),
    );
    if (object.name === 'OrderItem') keepTotal(before, values);
    const now = new Date(this.#options.now()).toISOString().replace('Z', '+0000');
    this.#save(
      transaction,
      object,
      before,
      {
        ...before,
        ...values,
        LastModifiedDate: now,
        SystemModstamp: now,
        LastModifiedById: transaction.author.userId,
      },
      headers,
    );
  }

  remove(transaction: Transaction, object: ObjectDef, id: string, masterId: string | null = null): void {
    const record = this.byId(object, id);
    refuseDelete(this.store, object.name, record);
    this.#lockParents(transaction, object.name, record);
    const now = new Date(this.#options.now()).toISOString().replace('Z', '+0000');
    const drop = (name: string, gone: EmulatedRecord, more: Body = {}): void => {
      const stamp = { IsDeleted: true, LastModifiedDate: now, SystemModstamp: now };
      const tombstone = { ...gone, ...more, ...stamp, LastModifiedById: transaction.author.userId };
      transaction.change(this.store.remove(name, gone.Id, tombstone), {
        object: name,
        kind: 'deleted',
        record: gone,
        before: gone,
      });
    };
    const parts = partsOf[object.name];
    for (const child of parts === undefined ? [] : this.store.by(parts.object, parts.field, record.Id))
      drop(parts?.object ?? '', child);
    drop(object.name, record, masterId === null ? {} : { MasterRecordId: masterId });
  }

  /** Moves all that points to the loser to the master, then deletes the loser; it remembers its master. */
  merge(transaction: Transaction, object: ObjectDef, masterId: string, loserId: string): void {
    const [master, loser] = [this.byId(object, masterId), this.byId(object, loserId)];
    for (const other of this.store.objects) {
      for (const field of other.fields.values()) {
        if (field.to !== object.name || field.name === 'MasterRecordId') continue;
        for (const before of this.store.by(other.name, field.name, loser.Id)) {
          const record = { ...before, [field.name]: master.Id };
          transaction.change(this.store.put(other.name, record), {
            object: other.name,
            kind: 'updated',
            record,
            before,
          });
        }
      }
    }
    this.remove(transaction, object, loser.Id, master.Id);
  }

  /** Creates or updates by external id; `several` are the ids when more than one matches. */
  upsert(
    transaction: Transaction,
    object: ObjectDef,
    fieldName: string,
    key: string,
    body: Body,
    headers: RequestHeaders,
  ): { readonly id: string; readonly created: boolean } | { readonly several: readonly string[] } {
    const field = this.externalIdField(object, fieldName);
    if (Object.keys(body).some((name) => name.toLowerCase() === field.name.toLowerCase())) {
      throw new PlatformFault(
        'INVALID_FIELD',
        `The ${field.name} field should not be specified in the sobject data.`,
        { fields: [field.name] },
      );
    }
    const matches = this.store.by(object.name, field.name, key);
    if (matches.length > 1) return { several: matches.map((match) => match.Id) };
    const match = matches[0];
    if (match !== undefined) {
      if (field.unique === true && transaction.lostRace(uniqueKey(object, field, key)))
        throw duplicate(field, match.Id);
      this.update(transaction, object, match.Id, body, headers);
      return { id: match.Id, created: false };
    }
    return { id: this.create(transaction, object, { ...body, [field.name]: key }, headers), created: true };
  }

  externalIdField(object: ObjectDef, name: string): FieldDef {
    const field = fieldNamed(object, name);
    if (field?.externalId === true) return field;
    throw new PlatformFault(
      'NOT_FOUND',
      `Provided external ID field does not exist or is not accessible: ${name}`,
      { status: 404 },
    );
  }

  /** @throws PlatformFault NOT_FOUND, MALFORMED_ID */
  byId(object: ObjectDef, text: string): EmulatedRecord {
    const id = normalId(text);
    const record = id === null ? undefined : this.store.get(object.name, id);
    if (id === null) throw new PlatformFault('MALFORMED_ID', `malformed id ${text}`);
    if (record === undefined)
      throw new PlatformFault('NOT_FOUND', 'The requested resource does not exist', { status: 404 });
    return record;
  }

  #save(
    transaction: Transaction,
    object: ObjectDef,
    before: EmulatedRecord | null,
    after: EmulatedRecord,
    headers: RequestHeaders,
  ): void {
    requireFields(object, after);
    this.#refuseTwin(transaction, object, before, after);
    this.#lockParents(transaction, object.name, after);
    if (before !== null) this.#lockParents(transaction, object.name, before);
    applyRules(this.store, this.#options, object.name, { before, after });
    this.#refuseDuplicates(object, before, after, headers);
    const rule = this.#options.saveRules.find(
      (candidate) => candidate.object === object.name && candidate.refuses(after),
    );
    if (rule !== undefined)
      throw new PlatformFault(rule.code ?? 'FIELD_CUSTOM_VALIDATION_EXCEPTION', rule.message, {
        fields: rule.field === undefined ? [] : [rule.field],
      });
    transaction.change(this.store.put(object.name, after), {
      object: object.name,
      kind: before === null ? 'created' : 'updated',
      record: after,
      before,
    });
  }

  /** A unique external id that another record has, or that another transaction is just inserting. */
  #refuseTwin(
    transaction: Transaction,
    object: ObjectDef,
    before: EmulatedRecord | null,
    after: EmulatedRecord,
  ): void {
    for (const field of object.fields.values()) {
      const value = after[field.name];
      if (field.unique !== true || typeof value !== 'string' || value === before?.[field.name]) continue;
      const key = uniqueKey(object, field, value);
      const twin = this.store.by(object.name, field.name, value).find((record) => record.Id !== after.Id);
      if (twin !== undefined) {
        transaction.lostRace(key);
        throw duplicate(field, twin.Id);
      }
      transaction.inserted.add(key);
    }
  }

  /** Writing a record locks the account it belongs to; an account locks itself. */
  #lockParents(transaction: Transaction, object: string, record: Readonly<EmulatedRecord>): void {
    const order = object === 'OrderItem' ? this.store.get('Order', asText(record['OrderId'])) : undefined;
    const account = object === 'Account' ? record.Id : (order ?? record)['AccountId'];
    if (['Account', 'Contact', 'Order', 'OrderItem'].includes(object) && typeof account === 'string')
      transaction.lock(account);
  }

  #refuseDuplicates(
    object: ObjectDef,
    before: EmulatedRecord | null,
    after: EmulatedRecord,
    headers: RequestHeaders,
  ): void {
    if (before !== null) return;
    const allowSave = /allowSave\s*=\s*true/i.test(headers['sforce-duplicate-rule-header'] ?? '');
    for (const rule of this.#options.duplicateRules.filter((candidate) => candidate.object === object.name)) {
      const value = after[rule.field];
      const match =
        typeof value !== 'string'
          ? undefined
          : this.store
              .all(object.name)
              .find((record) => asText(record[rule.field]).toLowerCase() === value.toLowerCase());
      if (match === undefined || (rule.action === 'alert' && allowSave)) continue;
      const duplicateResult = {
        allowSave: rule.action === 'alert',
        duplicateRule: rule.name,
        duplicateRuleEntityType: object.name,
        errorMessage: 'Use one of these records?',
        matchResults: [
          {
            entityType: object.name,
            rule: rule.name,
            matchRecords: [{ record: { Id: match.Id }, matchConfidence: 100 }],
          },
        ],
      };
      throw new PlatformFault('DUPLICATES_DETECTED', 'Use one of these records?', {
        more: { duplicateResult },
      });
    }
  }

  readonly #scale = (record: Readonly<Record<string, Json>>): number => {
    const order =
      typeof record['OrderId'] === 'string' ? this.store.get('Order', record['OrderId']) : undefined;
    const currency =
      record['CurrencyIsoCode'] ?? order?.['CurrencyIsoCode'] ?? Object.keys(this.#options.currencies)[0];
    return this.#options.currencies[asText(currency)] ?? 2;
  };
}

/** What goes with its parent. */
const partsOf: Readonly<Record<string, { readonly object: string; readonly field: string }>> = {
  Order: { object: 'OrderItem', field: 'OrderId' },
  Quote: { object: 'QuoteLineItem', field: 'QuoteId' },
};
const uniqueKey = (object: ObjectDef, field: FieldDef, value: string): string =>
  `unique:${object.name}.${field.name}:${value.toLowerCase()}`;
const duplicate = (field: FieldDef, id: string): PlatformFault =>
  new PlatformFault(
    'DUPLICATE_VALUE',
    `duplicate value found: ${field.name} duplicates value on record with id: ${id}`,
  );
