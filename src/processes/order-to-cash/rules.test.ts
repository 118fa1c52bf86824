import { expect, test } from 'vitest';
import { z } from 'zod';
import { orderRulesSchema } from './rules.ts';

test('no rule needs to be written: every one has a default', () => {
  const rules = orderRulesSchema.parse({});
  expect(rules.release.paymentStates).toEqual(['authorized', 'paid', 'partially-refunded']);
  expect(rules).toMatchObject({ erp: null, crm: null, testOrders: 'reject', close: { paid: true } });
});

test.each([
  ['erpp', { erpp: 'netsuite' }],
  ['release.paymentStatess', { release: { paymentStatess: [] } }],
])('an unknown key fails: %s', (_, rules) => {
  expect(orderRulesSchema.safeParse(rules).success).toBe(false);
});

test('every rule says what it is for and what it is by default', () => {
  type Node = {
    readonly properties?: Record<string, Node>;
    readonly description?: string;
    readonly default?: unknown;
  };
  const leaves = (node: Node, path: string): readonly [string, Node][] =>
    node.properties === undefined
      ? [[path, node]]
      : Object.entries(node.properties).flatMap(([name, child]) => leaves(child, `${path}.${name}`));
  const all = leaves(z.toJSONSchema(orderRulesSchema, { io: 'input' }) as Node, 'rules');
  expect(all.length).toBeGreaterThan(15);
  expect(
    all
      .filter(([, node]) => node.description === undefined || node.default === undefined)
      .map(([path]) => path),
  ).toEqual([]);
});
