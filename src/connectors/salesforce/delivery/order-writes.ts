import { compareDecimals, decimal } from '#canonical/decimal.ts';
import type { Json, JsonObject } from '#canonical/json.ts';
import type { Subrequest } from '../client.ts';
import { collectionRecords } from '../client-limits.ts';
import type { OrgProfile } from '../org-profile.ts';
import type { Fields, FieldValue, OrderUpsertRequest } from '../outbound/request.ts';
import type { SalesforceJson } from '../outbound/salesforce-json.ts';
import type { OrderState } from './order-state.ts';
import { type PriceEntries, sameId } from './price-entries.ts';

/** The difference between what an order's items should be and what they are. */
export type ItemChanges = {
  readonly removed: readonly string[];
  readonly changed: readonly { readonly id: string; readonly key: string; readonly fields: Fields }[];
  readonly added: readonly { readonly key: string; readonly productKey: string; readonly fields: Fields }[];
};

/** Only what differs is written: an untouched item costs no lock, no trigger, and no refusal by a frozen order. */
export function itemChanges(request: OrderUpsertRequest, state: OrderState): ItemChanges {
  const wanted = new Map(request.items.map((item) => [item.key.toLowerCase(), item]));
  const changed = [];
  const added = [];
  for (const [key, item] of wanted) {
    const there = state.items.get(key);
    if (there === undefined) added.push({ key: item.key, productKey: item.product.key, fields: item.fields });
    else if (!sameFields(there.record, item.fields))
      changed.push({ id: there.id, key: item.key, fields: item.fields });
  }
  const removed = [...state.items].flatMap(([key, { id }]) => (wanted.has(key) ? [] : [id]));
  return { removed, changed, added };
}

export const isUnchanged = (changes: ItemChanges): boolean =>
  changes.removed.length + changes.changed.length + changes.added.length === 0;

function sameFields(record: JsonObject, fields: Fields): boolean {
  return Object.entries(fields).every(([name, value]) => sameValue(record[name], value));
}

function sameValue(there: Json | undefined, wanted: FieldValue): boolean {
  if (typeof wanted !== 'object' || wanted === null) return (there ?? '') === (wanted ?? '');
  if (typeof there !== 'number') return false;
  const text = String(there);
  // An exponent means digits that no amount of ours has.
  return !text.includes('e') && compareDecimals(decimal(text), wanted.decimal) === 0;
}

/** What is written, as transactions that follow each other; the first holds account, contact, order and the first 200 items of each kind. */
export type OrderWrites = {
  readonly first: readonly Subrequest[];
  later(orderId: string): readonly (readonly Subrequest[])[];
};

export function orderWrites(
  org: OrgProfile,
  request: OrderUpsertRequest,
  state: OrderState,
  entries: PriceEntries,
): OrderWrites {
  const changes = itemChanges(request, state);
  const transactions = Math.max(
    1,
    ...[changes.removed, changes.changed, changes.added].map((list) =>
      Math.ceil(list.length / collectionRecords),
    ),
  );
  const itemsOf = (index: number, orderId: string) => itemParts(org, changes, index, orderId, entries);
  const last = (orderId: string) => activation(request, state, orderId);
  const orderId = state.order?.id ?? '@{order.id}';
  const first = [...partyParts(org, request, state), orderPart(org, request, state), ...itemsOf(0, orderId)];
  return {
    first: transactions === 1 ? [...first, ...last(orderId)] : first,
    later: (id) =>
      Array.from({ length: transactions - 1 }, (_, index) => [
        ...itemsOf(index + 1, id),
        ...(index === transactions - 2 ? last(id) : []),
      ]),
  };
}

/** What an activated order still takes: its status within the category and our own custom fields. */
export function frozenOrderWrites(org: OrgProfile, request: OrderUpsertRequest): readonly Subrequest[] {
  const { key, fields, activatedStatus } = request.order;
  const body = { ...fields, ...(activatedStatus !== null && { Status: activatedStatus }) };
  return Object.keys(body).length === 0
    ? []
    : [upsertPart('order', 'Order', org.externalIdFields.Order, key, body)];
}

function partyParts(
  org: OrgProfile,
  { account, contact }: OrderUpsertRequest,
  state: OrderState,
): Subrequest[] {
  const accountFields = state.accountId === null ? account.create : account.update;
  const contactFields = contact === null ? null : state.contactId === null ? contact.create : contact.update;
  return [
    ...(accountFields === null
      ? []
      : [upsertPart('account', 'Account', org.externalIdFields.Account, account.key, accountFields)]),
    ...(contact === null || contactFields === null
      ? []
      : [
          upsertPart('contact', 'Contact', org.externalIdFields.Contact, contact.key, {
            ...contactFields,
            // A contact that exists stays where the CRM has it.
            ...(state.contactId === null && { AccountId: state.accountId ?? '@{account.id}' }),
          }),
        ]),
  ];
}

function orderPart(org: OrgProfile, request: OrderUpsertRequest, state: OrderState): Subrequest {
  const { key, createOnly, draftFields, fields, draftStatus } = request.order;
  const accountId = state.accountId ?? '@{account.id}';
  const contactId = request.contact === null ? null : (state.contactId ?? '@{contact.id}');
  const moved =
    state.order === null || state.accountId === null || !sameId(state.order.accountId ?? '', state.accountId);
  return upsertPart('order', 'Order', org.externalIdFields.Order, key, {
    ...(state.order === null && {
      ...createOnly,
      Pricebook2Id: request.priceBookId,
      ...(request.currency !== null && { CurrencyIsoCode: request.currency }),
    }),
    ...draftFields,
    ...fields,
    Status: draftStatus,
    // The account may change while the order is a draft, e.g. when a guest turned out to be a customer.
    ...(moved && { AccountId: accountId, BillToContactId: contactId }),
  });
}

function itemParts(
  org: OrgProfile,
  changes: ItemChanges,
  index: number,
  orderId: string,
  entries: PriceEntries,
): Subrequest[] {
  const slice = <T>(list: readonly T[]): readonly T[] =>
    list.slice(index * collectionRecords, (index + 1) * collectionRecords);
  const [removed, changed, added] = [slice(changes.removed), slice(changes.changed), slice(changes.added)];
  const write = (
    method: 'POST' | 'PATCH',
    referenceId: string,
    records: readonly SalesforceJson[],
  ): Subrequest[] =>
    records.length === 0
      ? []
      : [
          {
            method,
            path: '/composite/sobjects',
            referenceId,
            body: { allOrNone: true, records },
            records: records.length,
          },
        ];
  const attributes = { type: 'OrderItem' };
  return [
    ...(removed.length === 0
      ? []
      : [
          {
            method: 'DELETE',
            path: `/composite/sobjects?ids=${removed.join(',')}&allOrNone=true`,
            referenceId: 'removedItems',
            records: removed.length,
          } as const,
        ]),
    ...write(
      'PATCH',
      'changedItems',
      changed.map(({ id, fields }) => ({ attributes, id, ...fields })),
    ),
    // Not an upsert: OrderId and PricebookEntryId may only be set when an item is made, and an upsert would set them again.
    ...write(
      'POST',
      'addedItems',
      added.map(({ key, productKey, fields }) => ({
        attributes,
        [org.externalIdFields.OrderItem]: key,
        OrderId: orderId,
        PricebookEntryId: entries.get(productKey.toLowerCase()) ?? '',
        ...fields,
      })),
    ),
  ];
}

/** Last, when all items stand: from then on they are frozen. An order without items cannot be activated. */
function activation(request: OrderUpsertRequest, state: OrderState, orderId: string): Subrequest[] {
  const { activatedStatus } = request.order;
  const frozen = state.order !== null && !state.order.draft;
  if (activatedStatus === null || frozen || request.items.length === 0) return [];
  return [
    {
      method: 'PATCH',
      path: `/sobjects/Order/${orderId}`,
      referenceId: 'activation',
      body: { Status: activatedStatus },
    },
  ];
}

const upsertPart = (
  referenceId: string,
  object: string,
  field: string,
  key: string,
  body: SalesforceJson,
): Subrequest => ({
  method: 'PATCH',
  path: `/sobjects/${object}/${field}/${encodeURIComponent(key)}`,
  referenceId,
  body,
});
