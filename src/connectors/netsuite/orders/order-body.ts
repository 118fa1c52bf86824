import type { Json, JsonObject } from '#canonical/json.ts';
import type { NetSuiteConfig } from '../config.ts';
import type { LineRequest, Looked, OrderCreateRequest, RecordName } from '../outbound/request.ts';

/** The whole sales order as NetSuite takes it. */
export function orderBody(
  request: OrderCreateRequest,
  { config, record }: { config: NetSuiteConfig; record: (looked: Looked) => RecordName },
): JsonObject {
  return {
    entity: { externalId: request.customer.key },
    ...request.header,
    currency: record(request.currency),
    ...(config.keyField !== null && { [config.keyField]: request.key }),
    item: { items: request.lines.map((line) => orderLine(line, record(line.item), config.lineField)) },
  };
}

/** The line that makes up for what NetSuite's taxes round otherwise than the source's. */
export function roundingLine(amount: string, item: RecordName, untaxed: RecordName | null): JsonObject {
  return {
    item: item,
    description: 'Rounding',
    quantity: { decimal: '1' },
    price: customPrice,
    rate: { decimal: amount },
    amount: { decimal: amount },
    ...(untaxed !== null && { taxCode: untaxed }),
  };
}

/** The price level "custom": else the item's own price rules. */
const customPrice: Json = { id: '-1' };

/** One line as NetSuite takes it. */
export function orderLine(line: LineRequest, item: RecordName, lineField: string | null): JsonObject {
  return {
    item: item,
    description: line.description.slice(0, 4000),
    quantity: { decimal: line.quantity },
    price: customPrice,
    rate: { decimal: line.rate },
    // Where a rate does not divide evenly, the amount rules.
    amount: { decimal: line.amount },
    ...(line.units !== null && { units: line.units }),
    ...(line.location !== undefined && { location: line.location }),
    ...(line.taxCode !== null && { taxCode: line.taxCode }),
    ...(lineField !== null && line.lineId !== null && { [lineField]: line.lineId }),
  };
}
