import type { Supervised } from './supervised.ts';
import type { SandboxProcess } from './sandbox-process.ts';

/** The platforms stay bad until so much of the work is done in spite of it, and at most so long after the last order. */
const storm = { untilShareInErp: 0.7, atMostMs: 45_000 } as const;

/** What goes wrong on purpose in a run with `--chaos`: bad platforms from the first order on, and a worker killed in the middle. */
export class Mishaps {
  readonly #sandbox: SandboxProcess;
  readonly #workers: readonly Supervised[];
  readonly #say: (text: string) => void;
  #killed: string | null = null;
  #allPlacedAtMs: number | null = null;
  #isCalm = false;

  constructor(sandbox: SandboxProcess, workers: readonly Supervised[], say: (text: string) => void) {
    this.#sandbox = sandbox;
    this.#workers = workers;
    this.#say = say;
  }

  /** The worker that lost its life; null so far. */
  get killed(): string | null {
    return this.#killed;
  }

  async begin(): Promise<void> {
    await this.#sandbox.tell('/weather', { weather: 'storm' });
  }

  /** Does what is due. */
  async look(
    { placed, wanted, inErp }: { readonly placed: number; readonly wanted: number; readonly inErp: number },
    nowMs: number,
  ): Promise<void> {
    const [victim] = this.#workers;
    if (this.#killed === null && placed >= wanted / 2 && victim !== undefined) {
      this.#killed = victim.name;
      victim.kill();
      this.#say(`kill -9 of ${victim.name}; it is started again in some seconds`);
    }
    if (placed >= wanted) this.#allPlacedAtMs ??= nowMs;
    if (this.#isCalm || this.#allPlacedAtMs === null) return;
    if (inErp >= storm.untilShareInErp * wanted || nowMs - this.#allPlacedAtMs > storm.atMostMs) {
      this.#isCalm = true;
      await this.#sandbox.tell('/weather', { weather: 'calm' });
      this.#say('the platforms behave again; what is open is being found out');
    }
  }
}
