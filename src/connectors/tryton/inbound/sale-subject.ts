import { z } from 'zod';
import type { Subject } from '#canonical/identity.ts';
import type { JsonObject } from '#canonical/json.ts';
import { parseWith } from '#connector-sdk/mapping.ts';

/** Every polled record names the sale that it belongs to. */
export const ofSaleSchema = z.object({
  sale: z.object({ id: z.int().positive(), reference: z.string().nullable() }),
});

/** The order, as Tryton calls it. A sale that we did not make founds no order here. @throws UnmappableError */
export function saleSubject(body: JsonObject, connection: string): Subject {
  const { sale } = parseWith(ofSaleSchema, body);
  return { entity: 'order', ref: { connection, type: 'sale.sale', id: String(sale.id) }, founds: false };
}
