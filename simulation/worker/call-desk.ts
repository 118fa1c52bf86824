import type { Answer, Lane, LaneCommand } from '#dispatch/lane-rules/lane.ts';
import { carryOut } from './call.ts';
import type { VirtualBudget } from './budget.ts';
import type { WorkerContext } from './context.ts';
import type { Handler } from './handlers.ts';
import type { VirtualSession } from './session.ts';

/** The calls of one worker: begins them, and puts their answers on record in their lanes. */
export class CallDesk {
  readonly #worker: WorkerContext;
  readonly #advance: (lane: Lane) => void;
  readonly #calling = new Set<string>();

  constructor(worker: WorkerContext, advance: (lane: Lane) => void) {
    this.#worker = worker;
    this.#advance = advance;
  }

  get isCalling(): boolean {
    return this.#calling.size > 0;
  }

  call(lane: Lane, command: LaneCommand, sentAtMs: number): void {
    const { live, link, budgets, platforms, handlers, gate } = this.#worker;
    const { world } = link;
    const budget = budgets.get(command.connection);
    const platform = platforms.get(command.connection);
    const handler = handlers[command.connection]?.[command.name as never] as Handler | undefined;
    if (live === null || budget === undefined || platform === undefined || handler === undefined)
      throw new Error(`no way to ${command.connection}`);
    const { session } = live;
    // First byte only while the lease holds and within the attempt's time, by a clock read before the commit was sent.
    const leftMs = session.isAlive ? sentAtMs + handler.timeoutMs - world.nowMs : 0;
    // The attempt may go on for longer than was thought when it was decided: its commit had to wait.
    if (!world.is('deadline-from-decision'))
      command.attemptDeadlineMs = session.nowMs() + Math.max(0, leftMs);
    if (leftMs > 0) this.#checkRecorded(lane, command, session, world.nowMs + leftMs);
    const key = `${lane.entity}#${command.number} of ${session.id}`;
    if (this.#calling.has(key)) world.violated('a command is under way once', key);
    this.#calling.add(key);
    const { entity } = lane;
    const deadlineMs = world.nowMs + leftMs;
    carryOut(
      { store: link.store, platform, gate, session, entity, command, handler, deadlineMs },
      (answer) => {
        this.#calling.delete(key);
        if (session !== this.#worker.live?.session || session.isAbandoned) return;
        if (answer.outcome.kind === 'outcome-unknown') this.#checkBelief(lane, command, session, deadlineMs);
        this.#answered(lane, command, budget, answer, leftMs > 0);
      },
    );
  }

  #answered(
    lane: Lane,
    command: LaneCommand,
    budget: VirtualBudget,
    answer: Answer,
    isInTime: boolean,
  ): void {
    const { world } = this.#worker.link;
    const heard: Answer =
      world.is('blind-retry') && answer.outcome.kind === 'outcome-unknown'
        ? { ...answer, outcome: { kind: 'unavailable', retryAfterMs: null, detail: 'no answer' } }
        : answer;
    if (command.state === 'accepted' && answer.outcome.kind === 'done')
      world.met('accepted, and done when asked again');
    if (command.state === 'accepted' && answer.outcome.kind === 'rejected')
      world.met('a platform refused what it had accepted');
    // One that never began says nothing of the platform.
    if (isInTime) budget.record(heard.outcome);
    if (world.is('permit-before-answer')) {
      command.inFlight = false;
      budget.give();
      world.after(0, () =>
        this.#worker.gate.run(() => {
          if (lane.phase !== 'gone') lane.answers.push(heard);
          this.#advance(lane);
        }),
      );
      return;
    }
    // The answer is on record in the lane before its permit is free: else the freed permit could start it again.
    if (lane.phase !== 'gone') lane.answers.push(heard);
    budget.give();
    this.#advance(lane);
  }

  /** What the worker believes of the attempt decides when it is asked after. */
  #checkBelief(lane: Lane, command: LaneCommand, session: VirtualSession, deadlineMs: number): void {
    const { world } = this.#worker.link;
    const believedMs = (command.attemptDeadlineMs ?? 0) - (session.nowMs() - world.nowMs);
    if (command.state !== 'accepted' && believedMs + 1 < deadlineMs)
      world.violated(
        'an attempt is not believed over before it is',
        `${lane.entity} #${command.number}: ${Math.round(deadlineMs - believedMs)} ms early`,
      );
  }

  #checkRecorded(lane: Lane, command: LaneCommand, session: VirtualSession, deadlineMs: number): void {
    const { store, world } = this.#worker.link;
    store.calls.set(`${lane.entity} ${command.number} ${command.attempt}`, session.id);
    const row = store.commands.get(lane.entity)?.get(command.number);
    // Set forward, the database's clock ends leases that their holders believe in. Their attempts are on record all the same.
    const isOurs = store.lanes.get(lane.entity)?.owner === session.id || store.isJustForward;
    const what = `${lane.entity} #${command.number}.${command.attempt}`;
    if (!isOurs || row === undefined || row.attempt < command.attempt)
      return world.violated(
        'an attempt is on record before its first byte leaves',
        `${what}: ${row?.attempt ?? 'none'}, ${isOurs ? 'ours' : 'not ours'}`,
      );
    if (deadlineMs > row.trueDeadlineMs)
      world.violated(
        'an attempt ends by the time that is on record',
        `${what}: ${deadlineMs - row.trueDeadlineMs} ms later`,
      );
  }
}
