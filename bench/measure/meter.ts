import type { MeteredProcess, SystemUnderTest } from '../system/system-under-test.ts';
import { cpus } from 'node:os';
import { cpuOfFamily, cpuOfMachine, cpuOfProcess, residentBytes, sharedOnceBytes } from './process-usage.ts';

/** CPU and memory by process over a span of time. */
export type Usage = {
  readonly wallMs: number;
  readonly cpuMs: Readonly<Record<string, number>>;
  /** Highest resident memory seen; of a server with back ends, what is shared counts once. MB. */
  readonly peakMb: Readonly<Record<string, number>>;
  /** Share of the machine's CPU time that went to processes which have nothing to do with the run, in [0, 1]. */
  readonly strangersCpuShare: number;
};

const everyMs = 1_000;
const megabyte = 1_048_576;

/** Counts what the system and the bench's own processes use between its start and `end()`. */
export class Meter {
  readonly #processes: () => readonly MeteredProcess[];
  readonly #base = new Map<number, number>();
  readonly #spent = new Map<number, { readonly name: string; cpuMs: number }>();
  readonly #peak: Record<string, number> = {};
  readonly #startedMs = performance.now();
  readonly #machineMs = cpuOfMachine();
  readonly #ownMs = cpuOfProcess(process.pid);
  readonly #timer: NodeJS.Timeout;

  constructor(system: SystemUnderTest, own: readonly MeteredProcess[]) {
    this.#processes = () => [...system.processes(), ...own];
    for (const each of this.#processes()) this.#base.set(each.pid, cpuOf(each));
    this.#look(true);
    this.#timer = setInterval(() => this.#look(false), everyMs);
  }

  /** Of a process that was killed, what it used until the last look counts. */
  #look(withFamilies: boolean): void {
    for (const each of this.#processes()) {
      const cpuMs = cpuOf(each) - (this.#base.get(each.pid) ?? 0);
      const known = this.#spent.get(each.pid);
      if (known === undefined) this.#spent.set(each.pid, { name: each.name, cpuMs });
      else known.cpuMs = Math.max(known.cpuMs, cpuMs);
      if (each.isFamily && !withFamilies) continue; // adding up what they share takes too long to do it often
      const bytes = each.isFamily ? sharedOnceBytes(each.pid) : residentBytes(each.pid);
      this.#peak[each.name] = Math.max(this.#peak[each.name] ?? 0, Math.round(bytes / megabyte));
    }
  }

  end(): Usage {
    clearInterval(this.#timer);
    this.#look(true);
    const cpuMs: Record<string, number> = {};
    for (const { name, cpuMs: spent } of this.#spent.values()) cpuMs[name] = (cpuMs[name] ?? 0) + spent;
    const wallMs = performance.now() - this.#startedMs;
    const own =
      cpuOfProcess(process.pid) - this.#ownMs + Object.values(cpuMs).reduce((sum, ms) => sum + ms, 0);
    const strangersCpuShare = Math.max(0, cpuOfMachine() - this.#machineMs - own) / (wallMs * cpus().length);
    return { wallMs, cpuMs, peakMb: { ...this.#peak }, strangersCpuShare };
  }
}

const cpuOf = ({ pid, isFamily }: MeteredProcess): number =>
  isFamily ? cpuOfFamily(pid) : cpuOfProcess(pid);
