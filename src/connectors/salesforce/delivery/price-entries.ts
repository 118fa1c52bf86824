import type { JsonObject } from '#canonical/json.ts';
import type { Call } from '#connector-sdk/connector.ts';
import { failed, got, type Reply } from '../answers/failure.ts';
import { textAt } from '../answers/query-result.ts';
import { readCollection } from '../answers/write-results.ts';
import type { SalesforceClient } from '../client.ts';
import { collectionRecords } from '../client-limits.ts';
import type { ProductPlan } from '../outbound/request.ts';
import type { SalesforceJson } from '../outbound/salesforce-json.ts';
import { soqlLists, soqlText } from '../soql.ts';

/** Price book entry ids by product key in small letters. */
export type PriceEntries = ReadonlyMap<string, string>;
export type PriceTarget = { readonly priceBookId: string; readonly currency: string | null };

/** The id of the org's standard price book, in which every product needs an entry before it may stand in another. */
export async function standardPriceBook(client: SalesforceClient, call: Call): Promise<Reply<string>> {
  const known = client.priceEntries.standardPriceBookId;
  if (known !== null) return got(known);
  const found = await client.query('SELECT Id FROM Pricebook2 WHERE IsStandard = true LIMIT 1', call);
  if (!found.ok) return found;
  const id = textAt(found.value[0] ?? {}, 'Id');
  if (id === null)
    return failed({
      kind: 'rejected',
      code: 'standard-price-book-missing',
      detail: 'the integration user sees no standard price book',
    });
  client.priceEntries.standardPriceBookId = id;
  return got(id);
}

/** The entry of each product in the order's price book and currency: remembered, found, or made. Harmless to repeat. */
export async function priceEntries(
  client: SalesforceClient,
  target: PriceTarget,
  products: readonly ProductPlan[],
  call: Call,
): Promise<Reply<PriceEntries>> {
  const wanted = [...new Map(products.map((product) => [product.key.toLowerCase(), product])).values()];
  const remembered = entriesInCache(client, target, wanted);
  if (remembered.size === wanted.length) return got(remembered);
  const cache = client.priceEntries;
  const mine = cache.turn.then(async () => {
    const missing = wanted.filter(
      (product) => cache.get(target.priceBookId, target.currency, product.key) === undefined,
    );
    return missing.length === 0 ? got(null) : provideEntries(client, target, missing, call);
  });
  cache.turn = mine.catch(() => null);
  const provided = await mine;
  return provided.ok ? got(entriesInCache(client, target, wanted)) : provided;
}

function entriesInCache(
  client: SalesforceClient,
  { priceBookId, currency }: PriceTarget,
  products: readonly ProductPlan[],
): PriceEntries {
  return new Map(
    products.flatMap(({ key }) => {
      const entry = client.priceEntries.get(priceBookId, currency, key);
      return entry === undefined ? [] : [[key.toLowerCase(), entry] as const];
    }),
  );
}

/** What the org has of one product. */
type Seen = { productId: string | null; standard: boolean; entryId: string | null; active: boolean };

async function provideEntries(
  client: SalesforceClient,
  target: PriceTarget,
  products: readonly ProductPlan[],
  call: Call,
): Promise<Reply<null>> {
  const standard = await standardPriceBook(client, call);
  if (!standard.ok) return standard;
  const seen = await lookUp(client, target, standard.value, products, call);
  if (!seen.ok) return seen;
  const stateOf = (product: ProductPlan): Seen =>
    seen.value.get(product.key.toLowerCase()) ?? {
      productId: null,
      standard: false,
      entryId: null,
      active: true,
    };

  const refused = products.find((product) => stateOf(product).productId === null && product.create === null);
  if (refused !== undefined) {
    return failed({
      kind: 'rejected',
      code: 'product-missing',
      detail: `no Product2 has the external id "${refused.key}"`,
    });
  }
  const inactive = products.find((product) => !stateOf(product).active);
  if (inactive !== undefined) {
    return failed({
      kind: 'rejected',
      code: 'price-book-entry-inactive',
      detail: `the price book entry of "${inactive.key}" was switched off`,
    });
  }
  const field = client.config.org.externalIdFields.Product2;
  const ids = await create(
    client,
    'Product2',
    products.filter((product) => stateOf(product).productId === null),
    (product) => ({ ...product.create, [field]: product.key }),
    call,
  );
  if (!ids.ok) return ids;
  const productId = (product: ProductPlan): string =>
    stateOf(product).productId ?? ids.value.get(product.key) ?? '';
  const entry =
    (priceBookId: string) =>
    (product: ProductPlan): Record<string, SalesforceJson> => ({
      Pricebook2Id: priceBookId,
      Product2Id: productId(product),
      UnitPrice: { decimal: product.listPrice },
      IsActive: true,
      ...(target.currency !== null && { CurrencyIsoCode: target.currency }),
    });
  const inStandard = await create(
    client,
    'PricebookEntry',
    products.filter((product) => !stateOf(product).standard),
    entry(standard.value),
    call,
  );
  if (!inStandard.ok) return inStandard;
  const isStandard = sameId(standard.value, target.priceBookId);
  const inTarget = isStandard
    ? inStandard
    : await create(
        client,
        'PricebookEntry',
        products.filter((product) => stateOf(product).entryId === null),
        entry(target.priceBookId),
        call,
      );
  if (!inTarget.ok) return inTarget;
  for (const product of products) {
    const id = stateOf(product).entryId ?? inTarget.value.get(product.key);
    if (id !== undefined) client.priceEntries.set(target.priceBookId, target.currency, product.key, id);
  }
  return got(null);
}

/** Ids of 15 and of 18 characters name the same record by their first 15. */
export const sameId = (a: string, b: string): boolean => a.slice(0, 15) === b.slice(0, 15);

async function lookUp(
  client: SalesforceClient,
  target: PriceTarget,
  standardId: string,
  products: readonly ProductPlan[],
  call: Call,
): Promise<Reply<Map<string, Seen>>> {
  const field = client.config.org.externalIdFields.Product2;
  const seen = new Map<string, Seen>();
  for (const list of soqlLists(products.map((product) => product.key))) {
    const found = await client.query(`SELECT Id, ${field} FROM Product2 WHERE ${field} IN (${list})`, call);
    if (!found.ok) return found;
    for (const record of found.value)
      seen.set(keyAt(record, field), {
        productId: textAt(record, 'Id'),
        standard: false,
        entryId: null,
        active: true,
      });
    if (found.value.length === 0) continue;
    const books = `${soqlText(standardId)},${soqlText(target.priceBookId)}`;
    const currency = target.currency === null ? '' : ` AND CurrencyIsoCode = ${soqlText(target.currency)}`;
    const entries = await client.query(
      `SELECT Id, Pricebook2Id, IsActive, Product2.${field} FROM PricebookEntry WHERE Product2.${field} IN (${list}) AND Pricebook2Id IN (${books})${currency}`,
      call,
    );
    if (!entries.ok) return entries;
    for (const record of entries.value)
      note(seen.get(keyAt(record, `Product2.${field}`)), record, target, standardId);
  }
  return got(seen);
}

const keyAt = (record: JsonObject, path: string): string => (textAt(record, path) ?? '').toLowerCase();

function note(product: Seen | undefined, entry: JsonObject, target: PriceTarget, standardId: string): void {
  const book = textAt(entry, 'Pricebook2Id') ?? '';
  if (product === undefined) return;
  if (sameId(book, standardId)) Object.assign(product, { standard: true });
  if (sameId(book, target.priceBookId))
    Object.assign(product, { entryId: textAt(entry, 'Id'), active: entry['IsActive'] !== false });
}

/** Makes one record for each product; ids by product key. */
async function create(
  client: SalesforceClient,
  type: string,
  products: readonly ProductPlan[],
  body: (product: ProductPlan) => Record<string, SalesforceJson>,
  call: Call,
): Promise<Reply<Map<string, string>>> {
  const ids = new Map<string, string>();
  for (let from = 0; from < products.length; from += collectionRecords) {
    const batch = products.slice(from, from + collectionRecords);
    const records = batch.map((product) => ({ attributes: { type }, ...body(product) }));
    const answer = await client.ask(
      { method: 'POST', path: '/composite/sobjects', body: { allOrNone: true, records }, effect: 'write' },
      call,
    );
    if (!answer.ok) return answer;
    const results = readCollection(answer.value, batch.length, client.externalIdFields);
    if (!results.ok) return results;
    batch.forEach((product, index) => ids.set(product.key, results.value[index]?.id ?? ''));
  }
  return got(ids);
}
