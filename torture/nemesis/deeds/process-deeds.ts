import type { Supervised } from '../../stand/supervised.ts';
import type { Stand } from '../../stand/stand.ts';
import { type Deed, Skipped } from './deed.ts';

/** @throws RangeError */
function processOf({ product }: Stand, name: string): Supervised {
  const found = Object.values(product.processes).find((process) => process.name === name);
  if (found === undefined) throw new RangeError(`there is no process ${name}`);
  return found;
}

/** F1: kill -9; the supervisor starts it again when the fault is over. */
export const killProcess: Deed = async ({ target, forMs }, stand) => {
  const process = processOf(stand, target);
  if (!process.isAlive) throw new Error(`${target} is dead already`);
  process.kill(forMs);
  return () => undefined;
};

/** F2: stopped for longer than its lease; then it goes on as if nothing had been. */
export const stopProcess: Deed = async ({ target }, stand) => {
  const process = processOf(stand, target);
  const pid = process.pid;
  if (pid === null) throw new Error(`${target} is dead`);
  process.signal('SIGSTOP');
  return () => {
    // Whoever was killed meanwhile has a successor, which was never stopped.
    if (process.pid === pid) process.signal('SIGCONT');
  };
};

/** F5: the wall clock steps, and steps back. */
export const stepClock: Deed = async ({ target, detail }, { clocks }) => {
  if (clocks === null) throw new Skipped('libfaketime is not installed');
  return clocks.step(target, Number(detail['offsetS']));
};
