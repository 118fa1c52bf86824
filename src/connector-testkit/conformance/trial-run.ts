import { expect } from 'vitest';
import type { Json } from '#canonical/json.ts';
import { newCall } from '#connector-sdk/call.ts';
import type { Outcome, OutcomeKind } from '#connector-sdk/outcome.ts';
import type { AnyHandler } from '../deliver.ts';
import type { CommandFixture } from '../fixtures.ts';
import { type Bench, deliverOn, onBench, sendOnce } from './bench.ts';
import { defaultFaults, impatienceMs } from './faults.ts';
import { renderFixture } from './render-checks.ts';
import type { CommandTrial, ConformanceSubject, FaultName } from './subject.ts';

/** One command of a connector under test. */
export type Trial<Config, Client, Platform> = {
  readonly subject: ConformanceSubject<Config, Client, Platform>;
  readonly handler: AnyHandler;
  readonly trial: CommandTrial<Platform>;
  readonly fixture: CommandFixture;
};
type Hit = { readonly faultName: FaultName; readonly position: number };

/** Stands in for settleMs + searchLagMs. Milliseconds. */
export const settledMs = 250;
/** Of a command with many requests, this many are each hit by each fault: the first and the last. */
const mostRequestsHit = 6;
/** What says "no effect now", so that the ground truth must agree. */
const noEffect: readonly OutcomeKind[] = [
  'conflict',
  'rate-limited',
  'unavailable',
  'unauthorized',
  'rejected',
];

/** Runs on a fresh platform where the command can succeed, with the connector logged in and the command rendered. */
export function onReady<Config, Client, Platform, T>(
  { subject, trial, handler, fixture }: Trial<Config, Client, Platform>,
  body: (bench: Bench<Client, Platform>, request: Json) => Promise<T>,
): Promise<T> {
  const rendered = renderFixture(handler, fixture);
  if (!rendered.ok) throw new Error(`${fixture.name} cannot be sent: it does not render`);
  return onBench(subject, { warm: true }, async (bench) => {
    await trial.prepare?.(bench.emulator);
    return body(bench, rendered.value);
  });
}

export const effectsOn = <Config, Client, Platform>(
  { trial }: Trial<Config, Client, Platform>,
  { emulator }: Bench<Client, Platform>,
): number => trial.effects?.(emulator) ?? 0;

/** Which requests of a command are hit, counted from 1. */
export function positions(requests: number): readonly number[] {
  const all = Array.from({ length: requests }, (_, index) => index + 1);
  return all.length <= mostRequestsHit
    ? all
    : [...all.slice(0, mostRequestsHit / 2), ...all.slice(-mostRequestsHit / 2)];
}

/** How many HTTP requests reach the emulator meanwhile: a rule that never applies sees them all. */
export async function countRequests<Client, Platform, T>(
  { emulator }: Bench<Client, Platform>,
  run: () => Promise<T>,
): Promise<{ readonly value: T; readonly requests: number }> {
  let requests = 0;
  const count = (): boolean => {
    requests += 1;
    return false;
  };
  emulator.faults.next({ kind: 'reset' }, 1, count);
  const value = await run();
  emulator.faults.clear();
  return { value, requests };
}

/** Sends once, as the engine does it: a command that asks first asks before its first attempt, too. */
export async function sendWithFault<Config, Client, Platform>(
  at: Trial<Config, Client, Platform>,
  bench: Bench<Client, Platform>,
  request: Json,
  hit: Hit,
): Promise<Outcome> {
  arm(at, bench, hit);
  const timeoutMs = isSilence(hit) ? impatienceMs : at.handler.timeoutMs;
  if (at.handler.safety.kind === 'lookup-first') {
    const found = bench.saw(await at.handler.find?.(request, newCall({ timeoutMs }), bench.client));
    if (found !== undefined && found.kind !== 'absent') return found.kind === 'found' ? found.outcome : found;
  }
  return sendOnce(bench, at.handler, request, timeoutMs);
}

/** Whether the outcome of a first attempt is one of the right ones, and true. */
export function judge<Config, Client, Platform>(
  { trial, handler }: Trial<Config, Client, Platform>,
  outcome: Outcome,
  hit: Hit & { readonly effects: number },
): void {
  const { faultName, position, effects } = hit;
  const where = `"${faultName}" on request ${position} gave ${JSON.stringify(outcome)} with ${effects} effects`;
  const allowed = trial.faults?.[faultName]?.allowed ?? defaultFaults[faultName].allowed;
  const isReading = trial.effects === null;
  const isOpen = outcome.kind === 'accepted';
  const isSuccess = isOpen || (trial.successKinds ?? ['done']).includes(outcome.kind);
  if (isSuccess) expect(isReading || isOpen || effects === 1, where).toBe(true);
  else
    expect([...allowed, ...(position > 1 && !isReading ? ['outcome-unknown'] : [])], where).toContain(
      outcome.kind,
    );
  if (isReading)
    expect(outcome.kind, `${where}: a reading has no effect to be unsure of`).not.toBe('outcome-unknown');
  // What is written over and over may be there in part; that it is done again is its safety.
  if (noEffect.includes(outcome.kind) && handler.safety.kind !== 'upsert') expect(effects, where).toBe(0);
  expect(effects, where).toBeLessThanOrEqual(1);
}

/** Delivers until the engine would stop: one effect then, unless the command declares that it cannot be repeated. */
export async function playToTheEnd<Config, Client, Platform>(
  at: Trial<Config, Client, Platform>,
  bench: Bench<Client, Platform>,
  request: Json,
  hit: Hit,
): Promise<void> {
  arm(at, bench, hit);
  const { outcome, history } = await deliverOn(bench, at.handler, request, {
    settledMs,
    ...(isSilence(hit) && { firstTimeoutMs: impatienceMs }),
  });
  const where = `"${hit.faultName}" on request ${hit.position}: ${JSON.stringify(history)}`;
  const effects = effectsOn(at, bench);
  if (at.handler.safety.kind === 'unsafe') {
    expect(effects, where).toBeLessThanOrEqual(1);
    return;
  }
  expect([...(at.trial.successKinds ?? ['done'])], where).toContain(outcome.kind);
  expect(effects, where).toBe(at.trial.effects === null ? 0 : 1);
}

/** Lets a fault fall on the n-th request from now; who is not let in stays so. */
function arm<Config, Client, Platform>(
  { trial }: Trial<Config, Client, Platform>,
  { emulator }: Bench<Client, Platform>,
  { faultName, position }: Hit,
): void {
  let seen = 0;
  const fault = trial.faults?.[faultName]?.fault ?? defaultFaults[faultName].fault;
  emulator.faults.next(fault, faultName === 'not authorised' ? 100 : 1, () => (seen += 1) >= position);
}

const isSilence = ({ faultName }: Hit): boolean => faultName.startsWith('silence');
