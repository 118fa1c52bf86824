import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '#journal/database.ts';
import { readBacklog } from '#ops/backlog.ts';
import type { Observation, Observer } from '../demo/observer.ts';
import type { Product } from '../demo/product.ts';
import { arrivalsEndMs, type Day, type Happening } from './day.ts';
import { peakRetailer } from './day-platforms.ts';
import type { Sample } from './evidence.ts';
import { erpBacklog } from './forecast-goal.ts';
import type { PlatformsProcess } from './platforms-process.ts';

const tickMs = 100;
const sampleEveryMs = 2_500;
const sayEveryMs = 10_000;
/** What `tallyport backlog --window 30` would look back on. */
const forecastWindowMs = 30_000;
/** So many looks in a row must have found everything at rest and accounted for. */
const looksAtRest = 3;
const lookEveryMs = 2_000;

export type DayParts = {
  readonly day: Day;
  readonly limitMs: number;
  readonly platforms: PlatformsProcess;
  readonly product: Product;
  readonly database: Database;
  readonly observer: Observer;
  say(text: string): void;
  readonly interrupted: AbortSignal;
};

type DayRun = {
  readonly samples: readonly Sample[];
  readonly observation: Observation;
  /** How much later than asked for this process, which has little to do, was woken. */
  readonly lateMs: readonly number[];
};

/** Lets the day happen, and looks at the product's own forecast all the while. Ends when everything is at rest, or time is up. */
export async function runDay(parts: DayParts): Promise<DayRun> {
  const { day, limitMs, platforms, observer, interrupted } = parts;
  const due = edgesOf(day);
  const samples: Sample[] = [];
  const lateMs: number[] = [];
  await platforms.begin();
  const begunMs = performance.now();
  const nowMs = (): number => performance.now() - begunMs;
  const lastMs = Math.max(arrivalsEndMs(day), ...due.map(({ atMs }) => atMs));
  let [sampledMs, saidMs, lookedMs, resting] = [-sampleEveryMs, -sayEveryMs, 0, 0];
  let observation: Observation | null = null;
  while (resting < looksAtRest && nowMs() < limitMs) {
    for (let next = due[0]; next !== undefined && next.atMs <= nowMs(); next = due[0]) {
      due.shift();
      parts.say(`${clock(nowMs())}  ${next.what} ${next.phase}`);
      await happen(parts, next);
    }
    if (nowMs() - sampledMs >= sampleEveryMs) {
      sampledMs = nowMs();
      const sample = await sampleOf(parts);
      samples.push(sample);
      if (nowMs() - saidMs >= sayEveryMs) {
        saidMs = nowMs();
        parts.say(await picture(parts, sample, nowMs()));
      }
    }
    if (nowMs() > lastMs && nowMs() - lookedMs >= lookEveryMs) {
      lookedMs = nowMs();
      observation = await observer.look();
      const { pending } = await platforms.status();
      const isDone = pending === 0 && observation.isAtRest && observation.problems.length === 0;
      resting = isDone ? resting + 1 : 0;
    }
    const sleptFromMs = nowMs();
    await sleep(tickMs, undefined, { signal: interrupted });
    lateMs.push(nowMs() - sleptFromMs - tickMs);
  }
  return { samples, lateMs, observation: observation ?? (await observer.look()) };
}

type Edge = { readonly atMs: number; readonly what: Happening['what']; readonly phase: 'begins' | 'ends' };

function edgesOf({ happenings }: Day): Edge[] {
  return happenings
    .flatMap(({ what, atMs, forMs }): Edge[] => [
      { atMs, what, phase: 'begins' },
      ...(forMs === undefined ? [] : [{ atMs: atMs + forMs, what, phase: 'ends' as const }]),
    ])
    .sort((a, b) => a.atMs - b.atMs);
}

async function happen({ platforms, product }: DayParts, { what, phase }: Edge): Promise<void> {
  // It comes back by itself: whoever supervises it starts it again after its time.
  if (what === 'gateway-down' && phase === 'begins') product.gateway.kill();
  await platforms.happen(what, phase);
}

async function sampleOf({ platforms, database }: DayParts): Promise<Sample> {
  const backlog = await readBacklog(database, peakRetailer, forecastWindowMs);
  const { slots } = await platforms.status();
  return { atMs: Date.now(), slots, backlog };
}

async function picture({ platforms }: DayParts, { backlog, slots }: Sample, atMs: number): Promise<string> {
  const { placed, wanted } = await platforms.status();
  const queues = backlog.map(({ connection, waiting }) => `${connection} ${waiting}`).join(', ');
  const off = erpBacklog(backlog)?.workedOffInMs ?? null;
  const forecast = off === null ? '' : `; the ERP's is worked off in ${Math.round(off / 1_000)} s, it says`;
  return `${clock(atMs)}  ${placed} of ${wanted} orders placed; waiting: ${queues}${forecast}; slots in use ${slots.inUse}, refused ${slots.refused}`;
}

const clock = (ms: number): string =>
  `${String(Math.floor(ms / 60_000)).padStart(2, '0')}:${String(Math.floor(ms / 1_000) % 60).padStart(2, '0')}`;
