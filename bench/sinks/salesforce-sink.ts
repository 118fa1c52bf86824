import { orderIndexOfKey, versionOfNote } from '../driver/bench-order.ts';
import type { EffectLog } from './effect-log.ts';
import type { RawAnswer, RawRequest } from './raw-http-server.ts';
import type { SinkLatency } from './tryton-sink.ts';

type Value = null | boolean | number | string | readonly Value[] | Fields;
type Fields = { readonly [name: string]: Value };
type Part = {
  readonly method: string;
  readonly url: string;
  readonly referenceId: string;
  readonly body?: Fields;
};
type Order = { readonly id: string; accountId: string; fields: string; items: Fields[] };

export const externalId = 'Tallyport_Id__c';
export const priceBookId = '01s000000000001AAA';

/**
 * As much of Salesforce's REST API as an order needs: a composite of queries that reads, a composite that writes all or nothing, and the
 * look-up of price book entries. Only a composite that writes an Order waits `effectMs`; every other call waits `otherMs`.
 */
export class SalesforceSink {
  readonly #log: EffectLog;
  readonly #latency: SinkLatency;
  readonly #ids = new Map<string, string>();
  readonly #orders = new Map<string, Order>();
  #lastId = 0;

  constructor(log: EffectLog, latency: SinkLatency) {
    this.#log = log;
    this.#latency = latency;
  }

  answer({ method, path, body }: RawRequest): RawAnswer {
    const { effectMs, otherMs } = this.#latency;
    if (path.endsWith('/composite')) {
      const parts = (JSON.parse(body) as { compositeRequest: readonly Part[] }).compositeRequest;
      const writes = parts.some((part) => part.method !== 'GET');
      const bodies = writes ? this.#write(parts) : parts.map(({ url }) => found(this.#query(soqlOf(url))));
      const compositeResponse = parts.map(({ referenceId }, index) => ({
        body: bodies[index] ?? null,
        httpHeaders: {},
        httpStatusCode: 200,
        referenceId,
      }));
      return { body: JSON.stringify({ compositeResponse }), afterMs: writes ? effectMs : otherMs };
    }
    if (path.includes('/query?'))
      return { body: JSON.stringify(found(this.#query(soqlOf(path)))), afterMs: otherMs };
    if (path === '/services/oauth2/token')
      return { body: '{"access_token":"bench-token","token_type":"Bearer"}', afterMs: otherMs };
    if (method === 'GET' && path.endsWith('/limits')) return { body: '{}', afterMs: otherMs };
    throw new RangeError(`the CRM sink has no ${method} ${path}`);
  }

  #query(soql: string): readonly Fields[] {
    const object = /FROM (\w+)/.exec(soql)?.[1] ?? '';
    const keys = [...soql.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, key]) => key ?? '');
    const [key = ''] = keys;
    switch (object) {
      case 'Account':
      case 'Contact': {
        const id = this.#ids.get(`${object}/${key}`);
        return id === undefined ? [] : [{ Id: id }];
      }
      case 'Order': {
        const order = this.#orders.get(key);
        return order === undefined
          ? []
          : [{ Id: order.id, StatusCode: 'Draft', AccountId: order.accountId, Pricebook2Id: priceBookId }];
      }
      case 'OrderItem':
        return this.#orders.get(key)?.items ?? [];
      case 'Pricebook2':
        return [{ Id: priceBookId }];
      case 'Product2':
        return keys.map((product) => ({
          Id: this.#idOf(`Product2/${product}`, '01t'),
          [externalId]: product,
        }));
      case 'PricebookEntry':
        return keys
          .filter((product) => !product.startsWith('01s'))
          .map((product) => ({
            Id: this.#idOf(`PricebookEntry/${product}`, '01u'),
            Pricebook2Id: priceBookId,
            IsActive: true,
            Product2: { [externalId]: product },
          }));
      default:
        throw new RangeError(`the CRM sink has no ${soql}`);
    }
  }

  #write(parts: readonly Part[]): readonly Value[] {
    let order: { key: string; made: boolean; fields: Fields } | null = null;
    let changesItems = false;
    const saved = (id: string, created: boolean): Fields => ({ id, success: true, errors: [], created });
    const bodies = parts.map((part): Value => {
      const [object = '', key = ''] = decodeURIComponent(part.url.split('/sobjects/')[1] ?? '').split(
        `/${externalId}/`,
      );
      if (object === 'Account' || object === 'Contact') {
        const isNew = !this.#ids.has(`${object}/${key}`);
        return saved(this.#idOf(`${object}/${key}`, object === 'Account' ? '001' : '003'), isNew);
      }
      if (object === 'Order') {
        const known = this.#orders.get(key);
        order = { key, made: known === undefined, fields: part.body ?? {} };
        if (known !== undefined) return saved(known.id, false);
        const account = part.body?.['AccountId'] as string;
        const made = { id: this.#newId('801'), accountId: account, fields: '', items: [] };
        if (account.startsWith('@{')) made.accountId = this.#lastAccountOf(parts);
        this.#orders.set(key, made);
        return saved(made.id, true);
      }
      changesItems = true;
      return this.#items(part, order === null ? '' : order.key);
    });
    if (order !== null) this.#record(order, changesItems);
    return bodies;
  }

  #lastAccountOf(parts: readonly Part[]): string {
    const url = parts.find(({ referenceId }) => referenceId === 'account')?.url ?? '';
    return this.#idOf(`Account/${decodeURIComponent(url.split(`/${externalId}/`)[1] ?? '')}`, '001');
  }

  #items({ body }: Part, orderKey: string): Value {
    const order = this.#orders.get(orderKey);
    const records = (body?.['records'] ?? []) as readonly Fields[];
    return records.map((record) => {
      const known = order?.items.find((item) => item['Id'] === record['id']);
      const {
        attributes: _attributes,
        OrderId: _order,
        PricebookEntryId: _entry,
        id: _id,
        ...fields
      } = record;
      const id = (known?.['Id'] as string | undefined) ?? this.#newId('802');
      if (order !== undefined)
        order.items = [...order.items.filter((item) => item !== known), { ...known, ...fields, Id: id }];
      return { id, success: true, errors: [] };
    });
  }

  #record(
    { key, made, fields }: { key: string; made: boolean; fields: Fields },
    changesItems: boolean,
  ): void {
    const order = this.#orders.get(key);
    if (order === undefined) return;
    const { AccountId: _account, BillToContactId: _contact, Pricebook2Id: _book, ...shown } = fields;
    const text = JSON.stringify(shown);
    const kind = made ? 'crm-made' : text === order.fields && !changesItems ? 'crm-repeated' : 'crm-changed';
    order.fields = text;
    // The order's newest content, and within it the ERP's number after none: two steps a version.
    const version =
      versionOfNote(shown['Note__c'] as string | null) * 2 -
      ((shown['Erp_Number__c'] ?? null) === null ? 1 : 0);
    this.#log.record(kind, orderIndexOfKey(key), version, this.#latency.effectMs);
  }

  #idOf(key: string, prefix: string): string {
    const known = this.#ids.get(key) ?? this.#newId(prefix);
    this.#ids.set(key, known);
    return known;
  }

  #newId(prefix: string): string {
    this.#lastId += 1;
    return `${prefix}${this.#lastId.toString(36).padStart(12, '0')}AAA`;
  }
}

const soqlOf = (path: string): string =>
  decodeURIComponent(path.slice(path.indexOf('q=') + 2).replaceAll('+', ' '));
const found = (records: readonly Fields[]): Fields => ({ totalSize: records.length, done: true, records });
