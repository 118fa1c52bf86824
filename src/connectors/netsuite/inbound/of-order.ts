import { z } from 'zod';
import { type Decimal, decimalSchema } from '#canonical/decimal.ts';
import type { Subject } from '#canonical/identity.ts';
import type { JsonObject } from '#canonical/json.ts';
import { type Money, moneyFromDecimal } from '#canonical/money.ts';
import { parseWith, unmappable } from '#connector-sdk/mapping.ts';

/** An internal id: SuiteQL writes it as text or as a number. */
export const internalId = z
  .union([z.string(), z.int()])
  .transform(String)
  .pipe(z.string().regex(/^[1-9]\d{0,17}$/, 'must be an internal id'));

/** A number as SuiteQL writes it, as text or as a number; exact. */
export const exactNumber = z
  .union([z.string(), z.number()])
  // ".5" for a half, as Oracle prints it.
  .transform((value) => String(value).replace(/^(-?)\./, '$10.'))
  .pipe(decimalSchema);

/** The order, as NetSuite calls it. An order that we did not make founds none here. */
export const orderSubject = (connection: string, id: string): Subject => ({
  entity: 'order',
  ref: { connection, type: 'salesOrder', id },
  founds: false,
});

const ofOrder = z.object({ orderid: internalId });

/** The order that a document was made from. @throws UnmappableError */
export const documentSubject = (body: JsonObject, connection: string): Subject =>
  orderSubject(connection, parseWith(ofOrder, body).orderid);

/** @throws UnmappableError for an amount that its currency cannot hold. */
export function amountOf(value: Decimal, currency: string, path: string): Money<'presentment'> {
  try {
    return moneyFromDecimal('presentment', currency, value);
  } catch (error) {
    throw unmappable(path, error instanceof Error ? error.message : 'no amount');
  }
}

/** Sales stand on the credit side of some tables, with a minus. */
export const unsigned = (value: Decimal): Decimal => value.replace(/^-/, '') as Decimal;
