import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDecimals, compareDecimals, decimal } from '#canonical/decimal.ts';
import { quantityBuckets } from '#canonical/order-line.ts';
import { orderLife } from './testing/order-life.ts';
import { OrderWorld } from './testing/order-world.ts';

const seeds = fc.array(fc.integer({ min: 1 }), { minLength: 2, maxLength: 3 });
const runs = (property: (worlds: readonly OrderWorld[]) => void) =>
  fc.assert(
    fc.property(orderLife, seeds, (life, each) =>
      property(each.map((seed) => new OrderWorld(life, seed).toTheEnd())),
    ),
    { numRuns: 60, seed: 20261124 },
  );

/** Where an order ended, as far as it may not depend on who was quicker. */
function end({ run }: OrderWorld) {
  const { status, order, cancelled } = run.view;
  return {
    status,
    cancelled: cancelled !== null,
    payment: order.payment.state,
    note: order.note,
    quantities: order.lines.map(({ quantities }) => quantities),
    crm: run.crm,
    reserved: run.reserved,
    told: Object.entries(run.state?.told ?? {})
      .map(([key, { phase }]) => `${key} ${phase}`)
      .toSorted(),
    read: run.state?.read ?? null,
  };
}

describe('in whatever order messages arrive, twice or not at all, and whenever commands are answered', () => {
  test('an order ends in the same state', () => {
    runs((worlds) => {
      const [first, ...others] = worlds.map(end);
      for (const other of others) expect(other).toEqual(first);
      expect(first?.crm).toBe(first?.status);
    });
  });

  test('the ERP gets it once at most, the storefront hears of each shipment once, and nothing runs on without end', () => {
    runs((worlds) => {
      for (const { effects, faults } of worlds) {
        expect(faults).toEqual([]);
        expect(effects).toEqual([...new Set(effects)]);
      }
    });
  });

  test('the buckets of each line sum to what was ordered', () => {
    runs((worlds) => {
      for (const { run } of worlds) {
        for (const { quantities, ordered, current } of run.view.order.lines) {
          const sum = quantityBuckets
            .filter((bucket) => bucket !== 'returned')
            .reduce((total, bucket) => addDecimals(total, quantities[bucket]), decimal(0));
          expect(sum).toBe(compareDecimals(ordered, current) < 0 ? current : ordered);
        }
      }
    });
  });

  test('a live order is in the ERP, a cancelled one is not, or an exception says why', () => {
    runs((worlds) => {
      for (const { run, life } of worlds) {
        const phase = run.state?.erp.phase;
        if (run.view.cancelled === null) expect(phase).toBe('created');
        else
          expect(['none', 'cancelled', 'refused', ...(life.tooLate ? ['uncancellable'] : [])]).toContain(
            phase,
          );
        expect(run.causes.includes('too-late-to-cancel')).toBe(phase === 'uncancellable');
      }
    });
  });

  test('said all over again, it asks for nothing', () => {
    runs((worlds) => {
      for (const world of worlds) expect(world.repeatEverything()).toEqual([]);
    });
  });
});
