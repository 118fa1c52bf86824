import { expect, test } from 'vitest';
import { planSchedule } from './plan.ts';
import { faultNames } from './schedule.ts';

test('the same seed gives the same schedule, another seed another', () => {
  expect(planSchedule(7, 5, faultNames)).toEqual(planSchedule(7, 5, faultNames));
  expect(planSchedule(8, 5, faultNames)).not.toEqual(planSchedule(7, 5, faultNames));
});

test('leaving a fault out moves no other', () => {
  const all = planSchedule(7, 5, faultNames).faults.filter(({ fault }) => fault === 'F9');
  expect(planSchedule(7, 5, ['F9']).faults).toEqual(all);
});

test('five minutes hold more than a hundred faults, and each of them ten times and more', () => {
  const { faults } = planSchedule(3, 5, faultNames);
  expect(faults.length).toBeGreaterThanOrEqual(100);
  for (const name of faultNames)
    expect(faults.filter(({ fault }) => fault === name).length, name).toBeGreaterThanOrEqual(10);
});

test('every fault is over when the quiet begins, and several overlap', () => {
  for (const minutes of [0.5, 1, 2, 5]) {
    const { faults, durationMs } = planSchedule(5, minutes, faultNames);
    for (const { id, atMs, forMs } of faults) {
      expect(atMs, id).toBeGreaterThanOrEqual(0);
      expect(atMs + forMs, id).toBeLessThanOrEqual(durationMs);
    }
    const at = faults.map(
      ({ atMs }) => faults.filter((each) => each.atMs <= atMs && atMs < each.atMs + each.forMs).length,
    );
    expect(Math.max(...at)).toBeGreaterThan(2);
  }
});

test('every process, every way to hurt the database and every kind of answer has its turn', () => {
  const { faults } = planSchedule(11, 5, faultNames);
  const of = (name: string): readonly string[] =>
    faults.filter(({ fault }) => fault === name).map(({ target, detail }) => `${target} ${detail.deed}`);
  expect(new Set(of('F1')).size).toBe(5);
  expect(new Set(of('F3'))).toEqual(new Set(['postgres kill', 'postgres exhaust', 'postgres lock']));
  const deeds = (name: string): ReadonlySet<string> =>
    new Set(faults.filter(({ fault }) => fault === name).map(({ detail }) => detail.deed));
  expect(deeds('F7').size).toBe(4);
  expect(deeds('F8').size).toBe(5);
  expect(deeds('F11').size).toBe(3);
});
