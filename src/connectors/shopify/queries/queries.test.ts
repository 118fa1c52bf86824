import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { adminSchema } from '../emulator/admin-schema.ts';
import { requestedCost } from '../emulator/query-cost.ts';
import { stateSizes } from '../fulfilment-state-reading.ts';
import { firstPage, fulfilmentSizes, refundSizes } from '../order-reading.ts';
import type { Operation } from './operation.ts';

const folder = new URL('.', import.meta.url);
const modules = await Promise.all(
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => import(new URL(name, folder).href) as Promise<Record<string, unknown>>),
);
const operations = modules.flatMap((exported) =>
  Object.values(exported).filter(
    (value): value is Operation<unknown> =>
      typeof value === 'object' && value !== null && 'text' in value && 'kind' in value,
  ),
);
const library = await adminSchema('2026-10');
const sizes = [
  { first: 250, ...firstPage, ...fulfilmentSizes[0], ...stateSizes[0], ...refundSizes[0] },
  { first: 250, ...firstPage, ...fulfilmentSizes[1] },
  { first: 250, ...firstPage, ...stateSizes[1] },
  { first: 250, ...firstPage, ...refundSizes[1] },
];

describe('operations against the schema that Shopify publishes for 2026-10', () => {
  test('there is an operation in every file that should hold one', () => {
    expect(operations.map(({ name }) => name).toSorted()).toEqual([
      'Account',
      'ChangedOrders',
      'FulfillmentCreate',
      'FulfillmentDisplay',
      'FulfillmentEventCreate',
      'FulfilmentState',
      'Order',
      'OrderCapture',
      'OrderFulfilment',
      'OrderLines',
      'OrderRefunds',
      'PaymentState',
      'RemainingItems',
      'ShopId',
      'TransactionVoid',
      'WebhookSubscriptionCreate',
      'WebhookSubscriptions',
    ]);
  });

  test.each(operations)('$name is valid', ({ text, kind, name }) => {
    const { graphql, schema } = library;
    const document = graphql.parse(text);
    expect(graphql.validate(schema, document).map(({ message }) => message)).toEqual([]);
    const operation = graphql.getOperationAST(document, name);
    expect(operation?.operation).toBe(kind);
  });

  test.each(operations)('$name uses nothing that Shopify has deprecated', ({ text }) => {
    const { graphql, schema } = library;
    const warnings = graphql.validate(schema, graphql.parse(text), [graphql.NoDeprecatedCustomRule]);
    expect(warnings.map(({ message }) => message)).toEqual([]);
  });

  test.each(operations)(
    '$name asks for less than the 1,000 points that one query may cost',
    ({ text, name }) => {
      const operation = library.graphql.getOperationAST(library.graphql.parse(text), name);
      expect(operation).not.toBeNull();
      for (const size of sizes) {
        expect(requestedCost(library, operation!, new Map(), size)).toBeLessThan(1000);
      }
    },
  );

  test('an operation that Shopify does not know would be noticed', () => {
    const { graphql, schema } = library;
    expect(graphql.validate(schema, graphql.parse('{ shop { noSuchField } }'))).toHaveLength(1);
  });
});
