import type { Json } from '#canonical/json.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import type { World } from '../world.ts';
import type { EffectJournal } from './effects.ts';

/** One request as it reaches a platform. */
export type Request = {
  readonly step: 'find' | 'send' | 'check';
  readonly name: string;
  readonly entity: string;
  readonly number: number;
  readonly slot: string;
  readonly body: Json;
  readonly handle: Json;
  readonly isUpsert: boolean;
  readonly isKeyed: boolean;
  readonly isRepeated: boolean;
  readonly settleMs: number;
  readonly conflictKeys: readonly string[];
};
/** Null: the request was taken, and no answer will come. */
export type Reply = Outcome | Found | null;

type Job = { outcome: Outcome | null };

/** What all platforms have in common: their moods. What took effect, and what is there, the subclasses know. */
export abstract class VirtualPlatform {
  readonly connection: string;
  readonly world: World;
  readonly effects: EffectJournal;
  /** Outage and expired credentials, while they last. */
  isDown = false;
  isLockedOut = false;
  readonly #jobs = new Map<number, Job>();

  constructor(connection: string, world: World, effects: EffectJournal) {
    this.connection = connection;
    this.world = world;
    this.effects = effects;
  }

  protected abstract find(request: Request): Found;
  /** What stands in the way, without any effect. */
  protected abstract refusal(request: Request): Outcome | null;
  /** Takes effect, or is refused at last. */
  protected abstract apply(request: Request): Outcome;

  receive(request: Request): Reply {
    const { world } = this;
    if (this.isDown) return { kind: 'unavailable', retryAfterMs: null, detail: 'down' };
    if (this.isLockedOut) return { kind: 'unauthorized', detail: 'token expired' };
    if (world.fault('refusal', 0.01, `${this.connection} is busy`))
      return { kind: 'rate-limited', retryAfterMs: world.chance.pick([null, 400]), detail: 'too many' };
    if (world.fault('refusal', 0.015, `${this.connection} answers 503`))
      return { kind: 'unavailable', retryAfterMs: null, detail: '503' };
    if (request.step === 'find') return this.#find(request);
    if (request.step === 'check') return this.#check(request);
    return this.#send(request);
  }

  #find(request: Request): Found {
    // Most of all where it would do harm.
    if (this.world.fault('refusal', request.isRepeated ? 0.1 : 0.02, `${this.connection} refuses a look-up`))
      return { kind: 'rejected', code: 'bad-query', detail: 'the look-up was refused' };
    return this.find(request);
  }

  #check({ handle }: Request): Reply {
    const job = this.#jobs.get((handle as { job: number }).job);
    if (job?.outcome !== undefined && job.outcome !== null) return job.outcome;
    return { kind: 'accepted', handle, checkAfterMs: this.world.random.between(20, 900) };
  }

  #send(request: Request): Reply {
    const { world } = this;
    // By its key it knows a request that it has carried out already.
    if (request.isKeyed && this.effects.has(request.entity, request.number)) return this.apply(request);
    if (world.fault('refusal', 0.02, `${this.connection}: row lock`))
      return { kind: 'conflict', stale: false, detail: 'row lock' };
    if (world.fault('refusal', 0.01, `${this.connection}: stale`))
      return { kind: 'conflict', stale: true, detail: 'changed meanwhile' };
    if (world.fault('refusal', 0.008, `${this.connection}: rejects`))
      return { kind: 'rejected', code: 'odd', detail: 'the platform has its reasons' };
    if (world.fault('refusal', 0.004, `${this.connection}: a row is missing after all`))
      return { kind: 'unmappable', problems: [{ path: 'order', message: 'not known there' }] };
    const refusal = this.refusal(request);
    if (refusal !== null) return refusal;
    if (world.fault('network', 0.04, `${this.connection}: dies before the effect`)) return null;
    if (!world.fault('late', 0.08, `${this.connection}: effective later`)) return this.apply(request);
    const job: Job = { outcome: null };
    const number = this.#jobs.size + 1;
    this.#jobs.set(number, job);
    const lateByMs = world.chance.between(20, Math.max(20, request.settleMs - 150));
    const fails = world.fault('late', 0.15, `${this.connection}: what it accepts will fail`);
    world.exactly(lateByMs, () => {
      job.outcome = fails ? { kind: 'rejected', code: 'job-failed', detail: 'late' } : this.apply(request);
    });
    if (world.chance.next() < 0.5) return null;
    return { kind: 'accepted', handle: { job: number }, checkAfterMs: world.chance.between(20, 900) };
  }

  protected took(request: Request): void {
    this.effects.record({
      connection: this.connection,
      entity: request.entity,
      number: request.number,
      slot: request.slot,
      bytes: request.body,
      mayRepeat: request.isUpsert,
      conflictKeys: request.conflictKeys,
    });
  }
}
