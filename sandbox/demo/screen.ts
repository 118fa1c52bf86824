import type { SandboxStatus } from '../platforms/sandbox.ts';
import type { Observation } from './observer.ts';

/** The state of a run as lines of text for people. */
export function picture(
  { tally, statuses, parked, problems }: Observation,
  { wanted, placed, webhooks, faults }: SandboxStatus,
  more: { readonly seconds: number; readonly isEndless: boolean; readonly workers: string },
): readonly string[] {
  const connections = [...statuses.values()].flatMap((status) => status.connections);
  const paused = connections
    .filter(({ state }) => state === 'open')
    .map(({ connection, cause }) => `${connection} (${cause ?? 'away'})`);
  const sum = (
    pick: (status: Observation['statuses'] extends ReadonlyMap<string, infer S> ? S : never) => number,
  ): number => [...statuses.values()].reduce((total, status) => total + pick(status), 0);
  const waiting = sum(({ commands }) => commands.reduce((total, command) => total + command.waiting, 0));
  const oldestMs = Math.max(0, ...[...statuses.values()].map(({ oldestLaneAgeMs }) => oldestLaneAgeMs));
  const faultText = Object.entries(faults).map(([kind, count]) => `${kind} ${count}`);
  return [
    `${clock(more.seconds)}  orders placed ${placed}${more.isEndless ? '' : ` of ${wanted}`}   in ERP ${tally.erp}   in CRM ${tally.crm}   on their way ${problems.length}`,
    `       delivered ${tally.delivered}   shipments ${tally.shipments}, orders fulfilled at the shop ${tally.fulfilled}   cancelled ${tally.cancelled}   test orders ${tally.rejected}   unpaid ${tally.waiting}`,
    `       from webhook to ERP and CRM: half within ${ms(tally.p50Ms)}, 99 % within ${ms(tally.p99Ms)}`,
    `       webhooks sent ${webhooks.sent}, taken ${webhooks.accepted}, doubled ${webhooks.duplicated}, never sent ${webhooks.dropped}${faultText.length === 0 ? '' : `   faults: ${faultText.join(', ')}`}`,
    `       messages in flight ${sum(({ inFlight }) => inFlight)}, oldest ${ms(oldestMs)}; commands waiting ${waiting}   ${more.workers}`,
    `       connections: ${paused.length === 0 ? 'all well' : `paused ${paused.join(', ')}`}   parked: ${causes(parked)}`,
  ];
}

function causes(parked: Observation['parked']): string {
  if (parked.length === 0) return 'nothing';
  return [...Map.groupBy(parked, ({ cause }) => cause)]
    .map(([cause, each]) => `${each.length} ${cause}`)
    .join(', ');
}

const ms = (value: number | null): string =>
  value === null ? '-' : value < 10_000 ? `${value} ms` : `${(value / 1_000).toFixed(1)} s`;
const clock = (seconds: number): string =>
  `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

/** Shows lines in place on a terminal, and one after the other where there is none. */
export class Screen {
  readonly #out: NodeJS.WriteStream;
  #shown = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  /** Whether it is a terminal that is refreshed in place. */
  get isLive(): boolean {
    return this.#out.isTTY;
  }

  show(lines: readonly string[]): void {
    if (!this.#out.isTTY) return void this.#out.write(`${lines.join('\n')}\n`);
    const width = this.#out.columns;
    const cut = lines.map((line) => (line.length < width ? line : line.slice(0, width - 1)));
    if (this.#shown > 0) this.#out.write(`\u001B[${this.#shown}A`);
    this.#out.write(cut.map((line) => `\u001B[2K${line}\n`).join(''));
    this.#shown = cut.length;
  }

  /** A line that stays. */
  say(text: string): void {
    this.#out.write(`${text}\n`);
    this.#shown = 0;
  }
}
