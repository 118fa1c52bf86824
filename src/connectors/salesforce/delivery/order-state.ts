import type { JsonObject } from '#canonical/json.ts';
import type { Call } from '#connector-sdk/connector.ts';
import { got, type Reply } from '../answers/failure.ts';
import { textAt } from '../answers/query-result.ts';
import { queryPath, type SalesforceClient, type Subrequest } from '../client.ts';
import type { OrderUpsertRequest } from '../outbound/request.ts';
import { soqlText } from '../soql.ts';

/** What the CRM has of an order before it is written. */
export type OrderState = {
  readonly accountId: string | null;
  readonly contactId: string | null;
  readonly order: {
    readonly id: string;
    readonly draft: boolean;
    readonly accountId: string | null;
    readonly priceBookId: string | null;
    readonly currency: string | null;
  } | null;
  /** Items of ours, by key in small letters, since Salesforce does not tell letters by case. */
  readonly items: ReadonlyMap<string, { readonly id: string; readonly record: JsonObject }>;
};

/** Reads account, contact, order and items in one call. */
export async function readOrderState(
  client: SalesforceClient,
  request: OrderUpsertRequest,
  call: Call,
): Promise<Reply<OrderState>> {
  const { externalIdFields: ids } = client.config.org;
  const query = (referenceId: string, soql: string): Subrequest => ({
    method: 'GET',
    path: queryPath(soql),
    referenceId,
  });
  const currency = request.currency === null ? '' : ', CurrencyIsoCode';
  const itemFields = [...new Set(request.items.flatMap((item) => Object.keys(item.fields)))]
    .map((name) => `, ${name}`)
    .join('');
  const orderKey = soqlText(request.order.key);
  const parts = [
    query('account', `SELECT Id FROM Account WHERE ${ids.Account} = ${soqlText(request.account.key)}`),
    ...(request.contact === null
      ? []
      : [query('contact', `SELECT Id FROM Contact WHERE ${ids.Contact} = ${soqlText(request.contact.key)}`)]),
    query(
      'order',
      `SELECT Id, StatusCode, AccountId, Pricebook2Id${currency} FROM Order WHERE ${ids.Order} = ${orderKey}`,
    ),
    query(
      'items',
      `SELECT Id, ${ids.OrderItem}${itemFields} FROM OrderItem WHERE Order.${ids.Order} = ${orderKey}`,
    ),
  ];
  const answer = await client.composite(parts, 'read', call);
  if (!answer.ok) return answer;
  const rows = new Map<string, readonly JsonObject[]>();
  for (const { referenceId } of parts) {
    const records = await client.recordsOf(answer.value.get(referenceId) ?? null, call);
    if (!records.ok) return records;
    rows.set(referenceId, records.value);
  }
  const first = (name: string): JsonObject | null => rows.get(name)?.[0] ?? null;
  const order = first('order');
  const account = first('account');
  const contact = first('contact');
  return got({
    accountId: account === null ? null : textAt(account, 'Id'),
    contactId: contact === null ? null : textAt(contact, 'Id'),
    order:
      order === null
        ? null
        : {
            id: textAt(order, 'Id') ?? '',
            draft: textAt(order, 'StatusCode') === 'Draft',
            accountId: textAt(order, 'AccountId'),
            priceBookId: textAt(order, 'Pricebook2Id'),
            currency: textAt(order, 'CurrencyIsoCode'),
          },
    items: new Map(
      (rows.get('items') ?? []).flatMap((record) => {
        const key = textAt(record, ids.OrderItem)?.toLowerCase() ?? '';
        const id = textAt(record, 'Id');
        // What an agent added by hand has no key of ours and stays.
        return id === null || !key.startsWith(`${request.order.key.toLowerCase()}/`)
          ? []
          : [[key, { id, record }] as const];
      }),
    ),
  });
}
