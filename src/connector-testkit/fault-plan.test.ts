import { expect, test } from 'vitest';
import type { EmulatorRequest } from './emulator-request.ts';
import { FaultPlan } from './fault-plan.ts';

const request = (path = '/'): EmulatorRequest => ({
  method: 'GET',
  path,
  query: new URLSearchParams(),
  headers: {},
  body: '',
});
const kinds = (plan: FaultPlan, times: number): (string | undefined)[] =>
  Array.from({ length: times }, () => plan.draw(request())?.kind);

test('without rules nothing fails', () =>
  expect(kinds(new FaultPlan(), 3)).toEqual([undefined, undefined, undefined]));

test('the next so many matching requests fail, in the order in which the faults were planned', () => {
  const plan = new FaultPlan();
  plan.next({ kind: 'reset' }, 2);
  plan.next({ kind: 'delay', ms: 1 });
  expect(kinds(plan, 4)).toEqual(['reset', 'reset', 'delay', undefined]);
});

test('a fault waits for the request that it is for', () => {
  const plan = new FaultPlan();
  plan.next({ kind: 'reset' }, 1, ({ path }) => path === '/orders');
  expect(plan.draw(request('/me'))).toBeNull();
  expect(plan.draw(request('/orders'))).toEqual({ kind: 'reset' });
  expect(plan.draw(request('/orders'))).toBeNull();
});

test('the same seed draws the same faults, another seed others', () => {
  const drawn = (seed: number) => {
    const plan = new FaultPlan(seed);
    plan.often({ kind: 'reset' }, 0.5);
    return kinds(plan, 64);
  };
  expect(drawn(7)).toEqual(drawn(7));
  expect(drawn(7)).not.toEqual(drawn(8));
});

test('a probability is kept roughly, until it is cleared', () => {
  const plan = new FaultPlan(3);
  plan.often({ kind: 'reset' }, 0.2);
  const hit = kinds(plan, 2_000).filter((kind) => kind === 'reset').length;
  expect(hit).toBeGreaterThan(320);
  expect(hit).toBeLessThan(480);
  plan.clear();
  expect(kinds(plan, 50).every((kind) => kind === undefined)).toBe(true);
});

test('it counts what it injected', () => {
  const plan = new FaultPlan();
  plan.next({ kind: 'answer', status: 500 }, 2);
  kinds(plan, 5);
  expect([...plan.injected]).toEqual([['answer', 2]]);
});

test('a fault that comes often is taken away alone', () => {
  const plan = new FaultPlan();
  const end = plan.often({ kind: 'reset' }, 1);
  plan.often({ kind: 'delay', ms: 1 }, 1);
  expect(kinds(plan, 1)).toEqual(['reset']);
  end();
  expect(kinds(plan, 1)).toEqual(['delay']);
});
