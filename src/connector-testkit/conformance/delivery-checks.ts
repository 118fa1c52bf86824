import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CommandName } from '#canonical/command.ts';
import { newCall } from '#connector-sdk/call.ts';
import type { OutcomeKind } from '#connector-sdk/outcome.ts';
import type { AnyHandler } from '../deliver.ts';
import { deliverOn, sendOnce } from './bench.ts';
import { defaultFaults, lossy } from './faults.ts';
import type { ConformanceSubject, FaultName } from './subject.ts';
import {
  countRequests,
  effectsOn,
  judge,
  onReady,
  playToTheEnd,
  positions,
  sendWithFault,
  settledMs,
  type Trial,
} from './trial-run.ts';

/** Stands in for the platform's lag; shorter than `settledMs`. Milliseconds. */
const lagMs = 150;

/** Every command against the emulator and its faults: the outcome must be true, and one command must have one effect. */
export function deliveryChecks<Config, Client, Platform>(
  subject: ConformanceSubject<Config, Client, Platform>,
): void {
  const names = Object.keys(subject.connector.commands) as CommandName[];
  for (const name of names) {
    const trial = subject.trials[name];
    const fixture = subject.commands.find((candidate) => candidate.name === trial?.fixture);
    const handler = subject.connector.commands[name] as AnyHandler | undefined;
    if (trial === undefined || fixture === undefined || handler === undefined) continue; // the declaration checks say so
    describe(`${name} against the emulator`, () => {
      checkCommand({ subject, handler, trial, fixture });
    });
  }
}

function checkCommand<Config, Client, Platform>(at: Trial<Config, Client, Platform>): void {
  const { handler, trial } = at;
  const successKinds = trial.successKinds ?? ['done'];
  const once = trial.effects === null ? 0 : 1;
  const canRepeat = handler.safety.kind !== 'unsafe';
  let requests = 0;
  beforeAll(async () => {
    const counted = await onReady(at, (bench, request) =>
      countRequests(bench, () => deliverOn(bench, handler, request, { settledMs })),
    );
    requests = counted.requests;
  });
  /** Each request of the command in turn, each on a platform of its own; side by side, since they mostly wait. */
  const onEachRequest = (body: (position: number) => Promise<void>) =>
    Promise.all(positions(requests).map(body));

  test('takes effect once, and says done', () =>
    onReady(at, async (bench, request) => {
      const { outcome } = await deliverOn(bench, handler, request, { settledMs });
      expect(outcome).toMatchObject({ kind: expect.toBeOneOf([...successKinds]) as OutcomeKind });
      expect(effectsOn(at, bench)).toBe(once);
    }));

  test.runIf(canRepeat)(
    'sent again with the same key, as after a crash before the answer was stored, has no second effect',
    () =>
      onReady(at, async (bench, request) => {
        const key = randomUUID();
        await deliverOn(bench, handler, request, { settledMs, key });
        const { outcome } = await deliverOn(bench, handler, request, { settledMs, key });
        expect(outcome).toMatchObject({ kind: expect.toBeOneOf([...successKinds]) as OutcomeKind });
        expect(effectsOn(at, bench)).toBe(once);
      }),
  );

  test.runIf('find' in handler)('is not found before it was sent, and is found afterwards', () =>
    onReady(at, async (bench, request) => {
      const find = () => handler.find?.(request, newCall({ timeoutMs: handler.timeoutMs }), bench.client);
      expect(bench.saw(await find())).toEqual({ kind: 'absent' });
      await deliverOn(bench, handler, request, { settledMs });
      expect(bench.saw(await find())).toMatchObject({ kind: 'found' });
    }),
  );

  test('an attempt whose deadline is past, or that was aborted, sends nothing and says so', () =>
    onReady(at, async (bench, request) => {
      const { value: outcomes, requests: sent } = await countRequests(bench, async () => [
        await handler.send(request, newCall({ timeoutMs: -1 }), bench.client),
        await handler.send(request, newCall({ timeoutMs: 5_000, signal: AbortSignal.abort() }), bench.client),
      ]);
      for (const outcome of bench.saw(outcomes)) expect(outcome.kind).toBe('unavailable');
      expect(sent).toBe(0);
    }));

  test('a platform that cannot be reached is unavailable, provably without effect', () =>
    onReady(at, async (bench, request) => {
      await bench.emulator.close();
      expect((await sendOnce(bench, handler, request, 2_000)).kind).toBe('unavailable');
    }));

  test.each(Object.keys(defaultFaults) as FaultName[])(
    '"%s" is told for what it is, on whichever request it falls, and "no effect" is said only where there is none',
    async (faultName) => {
      await onEachRequest((position) =>
        onReady(at, async (bench, request) => {
          const outcome = await sendWithFault(at, bench, request, { faultName, position });
          judge(at, outcome, { faultName, position, effects: effectsOn(at, bench) });
        }),
      );
    },
  );

  test.each(lossy)(
    'after "%s" the declared safety holds: one effect in the end, on whichever request it falls',
    async (faultName) => {
      await onEachRequest((position) =>
        onReady(at, (bench, request) => playToTheEnd(at, bench, request, { faultName, position })),
      );
    },
  );

  test.runIf(at.subject.lag !== undefined && canRepeat)(
    'also when the search lags behind: one effect',
    async () => {
      await onEachRequest((position) =>
        onReady(at, async (bench, request) => {
          at.subject.lag?.(bench.emulator, lagMs);
          await playToTheEnd(at, bench, request, { faultName: 'cut after the effect', position });
        }),
      );
    },
  );
}
