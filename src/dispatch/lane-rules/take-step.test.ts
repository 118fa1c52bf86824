import { describe, expect, test } from 'vitest';
import {
  command,
  decision,
  hostWith,
  intent,
  laneWith,
  nowMs,
  operatorEvent,
} from '../testing/lane-under-test.ts';
import type { LaneCommand } from './lane.ts';
import { standBack } from './lane.ts';
import { takeStep } from './take-step.ts';

const day = 24 * 3_600_000;
const called = (commands: readonly LaneCommand[], host = hostWith()): readonly number[] =>
  takeStep(laneWith(commands), host)?.calls.map(({ number }) => number) ?? [];

describe('order within a connection', () => {
  const table: readonly [string, readonly LaneCommand[], readonly number[]][] = [
    ['one at a time, the older first', [command({ number: 2 }), command()], [1]],
    ['connections beside each other', [command(), command({ number: 2, connection: 'crm' })], [1, 2]],
    [
      'a retry that is not due holds up what follows',
      [command({ notBeforeMs: nowMs + 1 }), command({ number: 2 })],
      [],
    ],
    [
      'a call under way holds up what follows',
      [command({ inFlight: true, state: 'attempting' }), command({ number: 2 })],
      [],
    ],
    [
      'one that was parked without effect lets others pass',
      [command({ parked: true }), command({ number: 2 })],
      [2],
    ],
    [
      'one whose effect is unknown lets nothing pass',
      [command({ parked: true, state: 'ambiguous' }), command({ number: 2 })],
      [],
    ],
    [
      'an older one released from its parking waits for a younger that has begun',
      [command(), command({ number: 2, state: 'ambiguous', notBeforeMs: nowMs + 9 })],
      [],
    ],
    [
      'one that the platform works on is asked for before the next begins',
      [command({ state: 'accepted' }), command({ number: 2 })],
      [1],
    ],
  ];
  test.each(table)('%s', (_what, commands, expected) => expect(called(commands)).toEqual(expected));
});

describe('an attempt of a worker that is gone', () => {
  const lost = { state: 'attempting', attempt: 1, attemptDeadlineMs: nowMs + 500 } as const;
  test('is waited for until its deadline, the time to settle and the lag of the search are over', () => {
    const lane = laneWith([command(lost)]);
    const handler = { safety: { kind: 'lookup-first' }, settleMs: 200, searchLagMs: 3_000 } as const;
    const taken = takeStep(lane, hostWith({ handler }));
    expect(taken?.calls).toEqual([]);
    expect(taken?.step).toMatchObject({ release: { dueInMs: 3_700 }, attempts: [{ step: 'lost' }] });
    expect(taken?.step.commands[0]).toMatchObject({ state: 'ambiguous', delayMs: 3_700 });
  });
  test('is asked of a person where it cannot be looked up', () => {
    const host = hostWith({ handler: { safety: { kind: 'unsafe' } } });
    const taken = takeStep(laneWith([command({ ...lost, attemptDeadlineMs: nowMs - day })]), host);
    expect(taken?.calls).toEqual([]);
    expect(taken?.step.extras.open).toMatchObject([{ cause: 'outcome-unknown-unsafe' }]);
    expect(host.heard).toMatchObject([{ result: { kind: 'parked' } }]);
  });
});

describe('an effect that is unknown', () => {
  const unknown = {
    state: 'ambiguous',
    attempt: 1,
    attemptDeadlineMs: nowMs - day,
    createdAtMs: nowMs - 2 * day,
  } as const;
  test('is not brought about again once the platform may have forgotten the key', () => {
    const handler = { safety: { kind: 'idempotency-key', lifetimeMs: day } } as const;
    expect(called([command(unknown)], hostWith({ handler }))).toEqual([]);
    expect(called([command({ ...unknown, createdAtMs: nowMs })], hostWith({ handler }))).toEqual([1]);
  });
  test.each([{ kind: 'unsafe' } as const, { kind: 'idempotency-key', lifetimeMs: day } as const])(
    'and cannot be looked up ($kind): a retry by an operator is one attempt, and a person is asked again if that is lost',
    (safety) => {
      const host = hostWith({ handler: { safety } });
      const retry = operatorEvent({ action: 'command.retry', number: 1, by: 'ann', reason: 'checked there' });
      const lane = laneWith([command({ ...unknown, parked: true })], [retry]);
      expect(takeStep(lane, host)?.calls.map(({ state }) => state)).toEqual(['attempting']);
      const [left] = lane.commands.values();
      // The worker dies; whoever comes next finds it in the journal, a day later.
      const next = takeStep(
        laneWith([{ ...left!, inFlight: false }]),
        hostWith({ handler: { safety }, now: () => nowMs + day }),
      );
      expect(next?.calls).toEqual([]);
      expect(next?.step.extras.open).toMatchObject([{ cause: 'outcome-unknown-unsafe' }]);
    },
  );
  test('that can be looked up stays unknown when an operator retries it', () => {
    const retry = operatorEvent({ action: 'command.retry', number: 1, by: 'ann', reason: 'try' });
    const lane = laneWith([command({ ...unknown, parked: true })], [retry]);
    const host = hostWith({ handler: { safety: { kind: 'lookup-first' } } });
    expect(takeStep(lane, host)?.calls.map(({ state }) => state)).toEqual(['ambiguous']);
  });
});

test.each([
  ['attempting', 'pending', null],
  ['ambiguous', 'ambiguous', nowMs],
  ['accepted', 'accepted', nowMs],
] as const)('a call that stood back from a %s command leaves it %s', (before, after, attemptDeadlineMs) => {
  const held = command({ state: before, attempt: 2, inFlight: true, attemptDeadlineMs: nowMs });
  standBack(held, nowMs + 200);
  expect(held).toMatchObject({
    state: after,
    attempt: 1,
    inFlight: false,
    attemptDeadlineMs,
    notBeforeMs: nowMs + 200,
  });
});

describe('of two commands in one slot', () => {
  const more = (slot: string) =>
    hostWith({ decide: (input) => decision({ commands: input.kind === 'operator' ? [intent(slot)] : [] }) });
  const event = operatorEvent({ action: 'go on', by: 'ann', reason: '' });
  const table: readonly [string, Partial<LaneCommand>, readonly number[]][] = [
    ['the newer replaces one that was not begun', {}, [1]],
    ['the newer replaces one that was parked without effect', { parked: true }, [1]],
    ['one under way stays', { inFlight: true, state: 'attempting' }, []],
    ['one whose effect is unknown stays', { state: 'ambiguous', notBeforeMs: nowMs + 1 }, []],
    ['one that the platform works on stays', { state: 'accepted', notBeforeMs: nowMs + 1 }, []],
    ['one in another slot stays', { slot: 'another' }, []],
  ];
  test.each(table)('%s', (_what, over, superseded) => {
    const taken = takeStep(laneWith([command(over)], [event]), more('erp.order'));
    expect(taken?.step.finished.map(({ number }) => number)).toEqual(superseded);
  });
  test('the conflict keys of the replaced one are given back, also of an attempt that stood back', () => {
    const taken = takeStep(laneWith([command({ attempt: 0 })], [event]), more('erp.order'));
    expect(taken?.step.extras.release).toEqual([{ number: 1 }]);
  });
});

test('a command that its connection does not know is parked, and its process is told', () => {
  const host = hostWith({ handler: null });
  const taken = takeStep(laneWith([command()]), host);
  expect(taken?.step.extras.open).toMatchObject([{ cause: 'unsupported-command' }]);
  expect(host.heard).toMatchObject([{ result: { kind: 'rejected', code: 'unsupported-command' } }]);
});

test('the lane of a newer version goes back untouched, and is not due at once whatever lies in it', () => {
  const lane = laneWith([command()], [operatorEvent({ action: 'x', by: 'ann', reason: '' })]);
  lane.instance = { process: 'test', version: 2, state: [], nextCommand: 2 };
  const taken = takeStep(lane, hostWith());
  expect(taken?.step).toMatchObject({
    todoDelta: 0,
    consumed: [],
    commands: [],
    instance: null,
    release: { dueInMs: 2_000 },
  });
  expect(taken?.step.expectedTodo).toBeGreaterThan(1_000_000);
});

describe('a lane that has nothing to do now', () => {
  test('is given back until its retry is due', () => {
    expect(takeStep(laneWith([command({ notBeforeMs: nowMs + 5_000 })]), hostWith())?.step.release).toEqual({
      dueInMs: 5_000,
    });
  });
  test('stays while a permit is near', () => {
    expect(takeStep(laneWith([command()]), hostWith({ mayCall: () => 'wait' }))).toBeNull();
  });
  test('is parked for a connection that is away', () => {
    const taken = takeStep(laneWith([command()]), hostWith({ mayCall: () => 'park' }));
    expect(taken?.step).toMatchObject({
      extras: { waits: [{ topic: 'connection:erp' }] },
      release: { dueInMs: 60_000 },
    });
  });
  test('stays while events are to be loaded', () => {
    const lane = laneWith();
    lane.stale = true;
    expect(takeStep(lane, hostWith())).toBeNull();
  });
});

test('what a lane counts before and after a step is what it adds to the counter in the journal', () => {
  const decide = (): ReturnType<typeof decision> => decision({ commands: [intent('a'), intent('b', 'crm')] });
  const events = [1, 2, 3].map((id) => operatorEvent({ action: 'go', by: 'ann', reason: '' }, id));
  const lane = laneWith([command({ slot: 'z', parked: true })], events);
  const taken = takeStep(
    lane,
    hostWith({ decide: (input) => (input.kind === 'operator' ? decide() : decision()) }),
  );
  // Three events gone; each made two commands and took the two before it back.
  expect(taken?.step).toMatchObject({ todoDelta: -1, expectedTodo: 2 });
  expect(taken?.step.finished).toHaveLength(4);
});
