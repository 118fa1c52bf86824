import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DriverProcess } from './driver/driver-process.ts';
import type { Sent } from './driver/sender.ts';
import { Meter } from './measure/meter.ts';
import { monotonicMs } from './measure/monotonic-clock.ts';
import { type Arrivals, judge } from './measure/verdict.ts';
import type { Finality } from './sinks/effect-log.ts';
import { SinkProcess } from './sinks/sink-process.ts';
import type { SinkSettings, SinkUrls } from './sinks/sink-messages.ts';
import type { SystemUnderTest } from './system/system-under-test.ts';

/** Share of all deliveries that repeat an earlier one. */
export const repeatedShare = 0.2;
/** Sockets of a flood: as many as are needed to keep every batch full. */
export const floodConnections = 128;

export type Pace = { readonly connections: number } | { readonly ordersPerSecond: number };

export type StandOptions<S extends SystemUnderTest> = {
  readonly sinks: Omit<SinkSettings, 'finality'>;
  readonly finality: Finality;
  readonly start: (parts: { readonly directory: string; readonly urls: SinkUrls }) => Promise<S>;
  readonly keeps: boolean;
};

/** One system under test with its sinks and its driver, for one cell of the table. Orders are numbered on through all of its sendings. */
export class Stand<S extends SystemUnderTest = SystemUnderTest> {
  readonly system: S;
  readonly sinks: SinkProcess;
  readonly directory: string;
  readonly finality: Finality;
  readonly #driver: DriverProcess;
  #keeps: boolean;
  #orders = 0;

  private constructor(system: S, sinks: SinkProcess, directory: string, options: StandOptions<S>) {
    this.system = system;
    this.sinks = sinks;
    this.directory = directory;
    this.finality = options.finality;
    this.#keeps = options.keeps;
    this.#driver = new DriverProcess();
  }

  static async start<S extends SystemUnderTest>(options: StandOptions<S>): Promise<Stand<S>> {
    const directory = await mkdtemp(join(tmpdir(), 'tallyport-bench-'));
    await chmod(directory, 0o755); // run as root, PostgreSQL belongs to another user, who must get in
    const sinks = await SinkProcess.start({ ...options.sinks, finality: options.finality });
    try {
      const system = await options.start({ directory, urls: sinks.urls });
      return new Stand(system, sinks, directory, options);
    } catch (error) {
      await sinks.stop();
      throw error;
    }
  }

  /** Orders numbered so far, those put in by other ways included. */
  get orders(): number {
    return this.#orders;
  }

  /** Reserves numbers for orders that do not come through the driver. Answers the first. */
  number(orders: number): number {
    const first = this.#orders;
    this.#orders += orders;
    return first;
  }

  meter(): Meter {
    return new Meter(this.system, [
      { name: 'driver', pid: this.#driver.pid, isFamily: false },
      { name: 'sinks', pid: this.sinks.pid, isFamily: false },
    ]);
  }

  /** Prepares new orders, or a newer version of orders that were sent, and answers what sends them. */
  async prepare(
    orders: number,
    pace: Pace,
    {
      driver = this.#driver,
      newer,
    }: {
      readonly driver?: DriverProcess;
      readonly newer?: { readonly first: number; readonly version: number };
    } = {},
  ): Promise<{ readonly first: number; readonly send: () => Promise<Sent> }> {
    const { port, paths, secret, shopDomain } = this.system;
    const first = newer?.first ?? this.number(orders);
    const plan = {
      first,
      orders,
      version: newer?.version ?? 1,
      repeated: repeatedShare,
      paths,
      secret,
      shopDomain,
    };
    await driver.prepare(
      'connections' in pace
        ? { plan, port, pace: 'flood', connections: pace.connections }
        : { plan, port, pace: 'rate', ordersPerSecond: pace.ordersPerSecond },
    );
    return { first, send: () => driver.go() };
  }

  /** Waits until so many orders have arrived in both systems. False when nothing new arrived for `patienceMs`. */
  async completed(orders: number, patienceMs = 30_000): Promise<boolean> {
    let last = { completed: -1, atMs: monotonicMs() };
    for (;;) {
      const { completed } = await this.sinks.ask({ ask: 'counts' });
      if (completed >= orders) return true;
      if (completed > last.completed) last = { completed, atMs: monotonicMs() };
      else if (monotonicMs() - last.atMs > patienceMs) return false;
      await sleep(50);
    }
  }

  /** A first load, so that nothing is measured cold: sockets open, code compiled, caches filled. */
  async warmUp(orders: number): Promise<void> {
    const { first, send } = await this.prepare(orders, { ordersPerSecond: 200 });
    await send();
    if (!(await this.completed(first + orders))) {
      this.#keeps = true;
      throw new Error(`the warm-up did not arrive: see ${this.directory}`);
    }
  }

  /** Waits until every order is as it should be at the end, looking at effects themselves; for when `completed` is not the end. */
  async settled(first: number, orders: number, finality: Finality, patienceMs: number): Promise<boolean> {
    for (let last = { lost: Infinity, atMs: monotonicMs() }; ; await sleep(500)) {
      const { lost } = (await this.judge(first, orders, finality)).verdict;
      if (lost === 0) return true;
      if (lost < last.lost) last = { lost, atMs: monotonicMs() };
      else if (monotonicMs() - last.atMs > patienceMs) return false;
    }
  }

  async judge(first: number, orders: number, finality = this.finality): Promise<Arrivals> {
    return judge(await this.sinks.ask({ ask: 'effects' }), first, orders, finality);
  }

  async stop(): Promise<void> {
    await this.#driver.stop();
    await this.system.stop();
    await this.sinks.stop();
    if (!this.#keeps) await rm(this.directory, { recursive: true, force: true });
  }
}
