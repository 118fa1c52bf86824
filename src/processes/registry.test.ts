import { expect, test } from 'vitest';
import { entityTypes } from '#canonical/identity.ts';
import { orderObserved } from '#tests/builders/event-builder.ts';
import { buildOrder } from '#tests/builders/order-builder.ts';
import { processOf } from './registry.ts';

test('every entity has a process, whose rules have defaults', () => {
  expect(Object.keys(processOf).toSorted()).toEqual(entityTypes.toSorted());
  for (const { rules } of Object.values(processOf)) expect(rules.safeParse({}).success).toBe(true);
});

test("an order's events run by the order's process", () => {
  const { process, rules } = processOf.order;
  const event = orderObserved(buildOrder());
  const { commands } = process.decide(
    null,
    { kind: 'event', id: '1', at: event.version.at, event },
    rules.parse({ crm: 'crm' }),
  );
  expect(commands.map(({ name }) => name)).toEqual(['crm.order.upsert']);
});
