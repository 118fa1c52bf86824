import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import type { Answer, LaneCommand } from '#dispatch/lane-rules/lane.ts';
import type { Reply, Request, VirtualPlatform } from '../platforms/platform.ts';
import type { Gate } from './database-link.ts';
import type { VirtualSession } from './session.ts';
import type { Handler } from './handlers.ts';
import type { VirtualStore } from '../virtual-store.ts';

const graceMs = 250;
/** Workers may be wrong about the database's clock by so much. */
const clockToleranceMs = 60;

export type CallOrder = {
  readonly store: VirtualStore;
  readonly platform: VirtualPlatform;
  readonly gate: Gate;
  readonly session: VirtualSession;
  readonly entity: string;
  readonly command: LaneCommand;
  readonly handler: Handler;
  readonly deadlineMs: number;
};

/** Carries one attempt out. `answered` follows once, whatever happens, unless the worker dies. */
export function carryOut(order: CallOrder, answered: (answer: Answer) => void): void {
  const { platform, gate, command, handler } = order;
  const { world } = platform;
  const [startedMs, { state, attempt, number }] = [world.nowMs, command];
  const { store } = order;
  const key = `${order.entity} ${number}`;
  let isSettled = false;
  const settle = (step: Answer['step'], outcome: Outcome, provedAbsent = false): void => {
    if (isSettled) return;
    isSettled = true;
    const openUntilMs = store.openUntilMs.get(key);
    if (outcome.kind !== 'outcome-unknown') store.openUntilMs.delete(key);
    // The call is over: what it brought about settles from now on.
    else if (openUntilMs !== undefined)
      store.openUntilMs.set(key, Math.min(openUntilMs, world.nowMs + handler.settleMs + handler.searchLagMs));
    answered({ number, attempt, step, outcome, provedAbsent, tookMs: world.nowMs - startedMs });
  };
  const isLate = (): boolean =>
    (world.nowMs >= order.deadlineMs || order.session.isAbandoned) && !world.is('send-after-deadline');
  if (world.nowMs >= order.deadlineMs)
    return settle('send', { kind: 'unavailable', retryAfterMs: null, detail: 'its time was over' });

  world.after(order.deadlineMs + graceMs - world.nowMs, () =>
    gate.run(() => settle('send', { kind: 'outcome-unknown', detail: 'no outcome within its time' })),
  );
  const ask = (step: Request['step'], then: (reply: Reply) => void, provedAbsent = false): void => {
    if (isSettled || isLate())
      return settle(
        step,
        { kind: 'unavailable', retryAfterMs: null, detail: 'its time was over' },
        provedAbsent,
      );
    if (step === 'send' && world.nowMs >= order.deadlineMs)
      world.violated('no byte leaves after its deadline', `${order.entity} #${number}.${attempt}`);
    if (state === 'ambiguous' && world.nowMs + clockToleranceMs < (store.openUntilMs.get(key) ?? 0))
      world.violated('an unknown outcome is left alone until it is settled', `${key}.${attempt}`);
    if (step === 'send')
      store.openUntilMs.set(key, order.deadlineMs + handler.settleMs + handler.searchLagMs);
    exchange(order, step, (reply) => gate.run(() => then(reply)));
  };
  const send = (provedAbsent: boolean): void =>
    ask('send', (reply) => settle('send', asOutcome(reply), provedAbsent), provedAbsent);

  if (state === 'accepted') return ask('check', (reply) => settle('check', asOutcome(reply)));
  if (handler.safety.kind !== 'lookup-first') return send(false);
  ask('find', (reply) => {
    const found = reply as Found | null;
    if (found === null)
      return settle('find', { kind: 'unavailable', retryAfterMs: null, detail: 'the look-up got no answer' });
    switch (found.kind) {
      case 'found':
        if (state === 'ambiguous') world.met('a late effect was found by look-up');
        return settle('find', found.outcome);
      case 'absent':
        if (state === 'ambiguous') world.met('a look-up proved that there was no effect');
        return send(true);
      case 'outcome-unknown':
        return settle('find', { kind: 'unavailable', retryAfterMs: null, detail: found.detail });
      case 'rejected':
        // A refused look-up says nothing about what an earlier attempt did.
        if (state !== 'ambiguous' || world.is('refused-look-up-believed')) return settle('find', found);
        return settle('find', { kind: 'outcome-unknown', detail: found.detail });
      default:
        return settle('find', found);
    }
  });
}

/** One request and its answer. What has left arrives within the attempt's time; the answer may not. */
function exchange(order: CallOrder, step: Request['step'], replied: (reply: Reply) => void): void {
  const { platform, command, entity, deadlineMs, handler } = order;
  const { world } = platform;
  if (world.fault('network', 0.01, `${platform.connection} cannot be reached`))
    return world.after(world.delay(), () =>
      replied({ kind: 'unavailable', retryAfterMs: null, detail: 'refused' }),
    );
  const request: Request = {
    step,
    name: command.name,
    entity,
    number: command.number,
    slot: command.slot,
    body: command.request,
    handle: command.handle,
    isUpsert: handler.safety.kind === 'upsert',
    isRepeated: command.attempt > 1,
    isKeyed: handler.safety.kind === 'idempotency-key',
    settleMs: handler.settleMs,
    conflictKeys: command.request === null ? [] : handler.conflictKeys(command.request),
  };
  const leftMs = Math.max(0, deadlineMs - world.nowMs);
  world.exactly(Math.min(world.delay(), leftMs), () => {
    const reply = platform.receive(request);
    world.note(
      `${platform.connection} ${step} ${entity} #${command.number}.${command.attempt} -> ${kindOf(reply)}`,
    );
    const isLost = world.fault('network', 0.05, `answer of ${platform.connection} lost`);
    if (isLost && reply?.kind === 'done' && step === 'send')
      world.met('an effect took place and its answer was lost');
    if (!isLost && reply !== null) return world.after(world.delay(), () => replied(reply));
    // A connection that breaks is noticed; one that hangs is not.
    if (world.chance.next() < 0.5) world.after(world.delay(), () => replied(null));
  });
}

const kindOf = (reply: Reply): string => reply?.kind ?? 'nothing';

const asOutcome = (reply: Reply): Outcome =>
  reply === null ? { kind: 'outcome-unknown', detail: 'the connection broke' } : (reply as Outcome);
