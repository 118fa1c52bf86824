import { describe, expect, test } from 'vitest';
import { type ConnectionWork, forecastOf } from './backlog-forecast.ts';

type Command = ConnectionWork['commands'][number];
const command = (with_: Partial<Command>): Command => ({
  name: 'c',
  waiting: 0,
  underWay: 0,
  done: 0,
  tookMs: 0,
  ...with_,
});
const work = (commands: readonly Command[], more: Partial<ConnectionWork> = {}): ConnectionWork => ({
  commands,
  came: 0,
  windowMs: 10_000,
  pausedMs: 0,
  ...more,
});

describe('the forecast of a backlog', () => {
  test('what waits takes as long as it took lately, and the last call its own time', () => {
    const five = work([command({ waiting: 300, done: 50, tookMs: 150_000 })]);
    expect(forecastOf(five)).toEqual({
      donePerSecond: 5,
      comingPerSecond: 0,
      lagMs: 61_500,
      workedOffInMs: 61_500,
    });
  });
  test('short commands behind long ones count by their calls’ time', () => {
    const mixed = [
      command({ name: 'long', waiting: 0, done: 40, tookMs: 120_000 }),
      command({ name: 'short', waiting: 300, done: 30, tookMs: 30_000 }),
    ];
    expect(forecastOf(work(mixed)).lagMs).toBe(21_071);
  });
  test('a kind of command that was not done lately is taken to last as long as the others', () => {
    const commands = [
      command({ name: 'known', done: 50, tookMs: 100_000 }),
      command({ name: 'new', waiting: 100 }),
    ];
    expect(forecastOf(work(commands)).lagMs).toBe(21_000);
  });
  test('more that comes puts off the end, and beyond what is done there is none', () => {
    const commands = [command({ waiting: 100, done: 50, tookMs: 50_000 })];
    expect(forecastOf(work(commands, { came: 25 }))).toMatchObject({ lagMs: 20_500, workedOffInMs: 40_500 });
    expect(forecastOf(work(commands, { came: 50 }))).toMatchObject({ lagMs: 20_500, workedOffInMs: null });
  });
  test('a pause that was announced comes on top', () => {
    const commands = [command({ waiting: 50, done: 50, tookMs: 50_000 })];
    expect(forecastOf(work(commands, { pausedMs: 5_000 })).lagMs).toBe(15_500);
  });
  test('nothing done lately is no forecast, and nothing waiting needs none', () => {
    expect(forecastOf(work([command({ waiting: 9, done: 4, tookMs: 400 })])).lagMs).toBeNull();
    expect(forecastOf(work([command({})])).workedOffInMs).toBe(0);
  });
});
