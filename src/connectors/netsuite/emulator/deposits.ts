import type { JsonObject } from '#canonical/json.ts';
import type { EffectJournal } from '#connector-testkit/effect-journal.ts';
import type { Account, Deposit } from './account.ts';
import { exact, refId } from './field-values.ts';
import { invalidField, Problem } from './problem.ts';

/** Saves one, or the same once more. @throws Problem for an order or an amount that is none, and for an id that another transaction has */
export function savedDeposit(
  account: Account,
  journal: EffectJournal,
  key: string,
  body: JsonObject,
): Deposit {
  if (account.transaction(`eid:${key}`) !== undefined)
    throw new Problem(400, 'DUP_RCRD', 'This record already exists.');
  const salesOrder = refId(body['salesOrder']);
  if (salesOrder === null || account.transactions.get(salesOrder)?.type !== 'SalesOrd')
    throw invalidField('salesOrder', salesOrder);
  const method = refId(body['paymentMethod']);
  if (method !== null && !account.data.paymentMethods.includes(method))
    throw invalidField('paymentMethod', method);
  const payment = exact(body['payment'] ?? 0, 'payment');
  const before = account.deposits.get(key);
  const deposit = { id: before?.id ?? account.nextId(), salesOrder, payment };
  account.deposits.set(key, deposit);
  if (before === undefined) journal.record('customerDeposit.created', key, { ...deposit });
  return deposit;
}
