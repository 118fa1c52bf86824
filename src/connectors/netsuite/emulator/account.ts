import type { Decimal } from '#canonical/decimal.ts';
import type { JsonObject } from '#canonical/json.ts';

/** What is sold; internal ids are text. */
export type Item = {
  readonly id: string;
  readonly itemId: string;
  /** Charged and never shipped: its lines are billed only. */
  readonly isService?: boolean;
};

/** Master data of the emulated account; internal ids are text. */
export type AccountData = {
  readonly items: readonly Item[];
  readonly taxCodes: readonly { readonly id: string; readonly rate: string }[];
  readonly currencies: readonly { readonly id: string; readonly symbol: string }[];
  readonly subsidiaries: readonly string[];
  readonly locations: readonly string[];
  readonly shipMethods: readonly string[];
  readonly terms: readonly string[];
  readonly paymentMethods: readonly string[];
  /** Fields that the form of sales orders insists on. */
  readonly mandatory: readonly string[];
  /** Ids of custom body and column fields. */
  readonly customFields: readonly string[];
};

export const defaultData: AccountData = {
  items: [
    { id: '101', itemId: 'MUG-RED' },
    { id: '102', itemId: 'TEE-BLUE-M' },
    { id: '103', itemId: 'SKU-1' },
    { id: '104', itemId: 'SKU-2' },
    { id: '190', itemId: 'ROUNDING', isService: true },
    { id: '191', itemId: 'GIFT', isService: true },
    { id: '192', itemId: 'FEE', isService: true },
    { id: '193', itemId: 'TIP', isService: true },
    { id: '194', itemId: 'DUTY', isService: true },
  ],
  taxCodes: [
    { id: '-7', rate: '0' },
    { id: '20', rate: '0.2' },
    { id: '5', rate: '0.05' },
    { id: '7', rate: '0.0725' },
  ],
  currencies: [
    { id: '1', symbol: 'USD' },
    { id: '2', symbol: 'GBP' },
    { id: '4', symbol: 'EUR' },
    { id: '5', symbol: 'JPY' },
  ],
  subsidiaries: ['1', '2'],
  locations: ['1', '2'],
  shipMethods: ['31', '32'],
  terms: ['2', '3'],
  paymentMethods: ['5', '6'],
  mandatory: [],
  customFields: ['custcol_tallyport_line'],
};

export type TransactionType = 'SalesOrd' | 'ItemShip' | 'CustInvc' | 'CashSale';

export type Line = {
  readonly line: number;
  readonly item: string;
  readonly quantity: Decimal;
  readonly rate: string;
  readonly amountMinor: number;
  readonly taxCode: string | null;
  readonly isClosed: boolean;
  readonly isService: boolean;
  /** Of orders; a fulfilment counts from its picking. */
  readonly shipped: Decimal;
  readonly billed: Decimal;
  readonly custom: JsonObject;
};

/** An order or a document that came of one. Replaced as a whole by each save. */
export type Transaction = {
  readonly id: string;
  readonly type: TransactionType;
  readonly externalId: string | null;
  readonly tranId: string;
  readonly status: string;
  readonly entity: string;
  readonly currency: string;
  readonly createdFrom: string | null;
  readonly tranDate: string;
  readonly dueDate: string | null;
  readonly location: string | null;
  readonly lines: readonly Line[];
  readonly shippingMinor: number;
  readonly shippingTaxCode: string | null;
  readonly tracking: readonly string[];
  readonly fields: JsonObject;
  /** lastModifiedDate: when the save began. */
  readonly modifiedMs: number;
  /** From when SuiteQL shows it. */
  readonly searchableMs: number;
  /** Counts saves: who saves on top of another save is told that the record has been changed. */
  readonly version: number;
};

export type Customer = {
  readonly id: string;
  readonly externalId: string | null;
  readonly fields: JsonObject;
  readonly creditHold: 'ON' | 'OFF' | 'AUTO';
  readonly version: number;
};

/** A customer deposit under its external id: money that a sales order was paid with in advance. */
export type Deposit = { readonly id: string; readonly salesOrder: string; readonly payment: string };

/** Everything the account holds. */
export class Account {
  readonly data: AccountData;
  readonly transactions = new Map<string, Transaction>();
  readonly customers = new Map<string, Customer>();
  /** Customer deposits by their external ids. */
  readonly deposits = new Map<string, Deposit>();
  /** Sales orders that are no more. */
  readonly deleted: { readonly id: string; readonly name: string; readonly atMs: number }[] = [];
  readonly #byExternalId = new Map<string, string>();
  readonly #customerByExternalId = new Map<string, string>();
  readonly #items = new Map<string, Item>();
  readonly #documents = new Map<string, string[]>();
  #lastId = 4000;
  #lastNumber = 1000;

  constructor(data: AccountData) {
    this.data = data;
    for (const item of data.items) this.addItem(item);
  }

  addItem(item: Item): void {
    this.#items.set(item.id, item);
    this.#items.set(`name:${item.itemId}`, item);
  }

  itemById = (id: string): Item | undefined => this.#items.get(id);
  itemByName = (name: string): Item | undefined => this.#items.get(`name:${name}`);

  nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  nextNumber(prefix: string): string {
    this.#lastNumber += 1;
    return `${prefix}${this.#lastNumber}`;
  }

  /** By internal id or `eid:` and an external id, of whatever type. */
  transaction(key: string): Transaction | undefined {
    const id = key.startsWith('eid:') ? this.#byExternalId.get(key.slice(4)) : key;
    return id === undefined ? undefined : this.transactions.get(id);
  }

  customer(key: string): Customer | undefined {
    const id = key.startsWith('eid:') ? this.#customerByExternalId.get(key.slice(4)) : key;
    return id === undefined ? undefined : this.customers.get(id);
  }

  put(transaction: Transaction): void {
    const { id, externalId, createdFrom } = transaction;
    if (externalId !== null) this.#byExternalId.set(externalId, id);
    if (createdFrom !== null && !this.transactions.has(id))
      this.#documents.set(createdFrom, [...(this.#documents.get(createdFrom) ?? []), id]);
    this.transactions.set(id, transaction);
  }

  putCustomer(customer: Customer): void {
    if (customer.externalId !== null) this.#customerByExternalId.set(customer.externalId, customer.id);
    this.customers.set(customer.id, customer);
  }

  remove({ id, externalId, tranId }: Transaction, atMs: number): void {
    this.deleted.push({ id, name: `Sales Order #${tranId}`, atMs });
    this.transactions.delete(id);
    if (externalId !== null) this.#byExternalId.delete(externalId);
  }

  /** What came of an order. */
  documentsOf(order: string): readonly Transaction[] {
    return (this.#documents.get(order) ?? []).flatMap((id) => this.transactions.get(id) ?? []);
  }

  currencyOf({ currency }: Pick<Transaction, 'currency'>): string {
    return this.data.currencies.find(({ id }) => id === currency)?.symbol ?? 'USD';
  }
}
