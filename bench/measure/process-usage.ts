import { readdirSync, readFileSync } from 'node:fs';

/** CPU that a process and the children it has outlived used so far. Milliseconds, in steps of 10. */
type Stat = {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMs: number;
  readonly outlivedMs: number;
};

/** USER_HZ is 100 on every Linux that Node.js runs on. */
const tickMs = 10;
const pageBytes = 4_096;

function statOf(pid: number): Stat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null; // gone
  }
  // The name in brackets may hold spaces.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent = 0, utime = 0, stime = 0, cutime = 0, cstime = 0] = [
    fields[1],
    fields[11],
    fields[12],
    fields[13],
    fields[14],
  ];
  return { pid, parent, cpuMs: (utime + stime) * tickMs, outlivedMs: (cutime + cstime) * tickMs };
}

function childrenOf(pid: number): readonly Stat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
    .filter(({ parent }) => parent === pid);
}

/** CPU of a single process. 0 for one that is gone. */
export const cpuOfProcess = (pid: number): number => statOf(pid)?.cpuMs ?? 0;

/** CPU of a server with its back ends, those included that ended in the meantime. */
export function cpuOfFamily(pid: number): number {
  const head = statOf(pid);
  if (head === null) return 0;
  return head.cpuMs + head.outlivedMs + childrenOf(pid).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

/** Resident memory of a process. Bytes. */
export function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * pageBytes;
  } catch {
    return 0;
  }
}

/** Memory of a server with its back ends, in which what they share counts once (PSS). Bytes; 0 where the kernel does not let us look. */
export function sharedOnceBytes(pid: number): number {
  let sum = 0;
  for (const each of [pid, ...childrenOf(pid).map((child) => child.pid)]) {
    try {
      const found = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${each}/smaps_rollup`, 'latin1'));
      sum += Number(found?.[1] ?? 0) * 1_024;
    } catch {
      // ended between the listing and the look
    }
  }
  return sum;
}

/** CPU time that the whole machine spent working so far, every process and the kernel. Milliseconds. */
export function cpuOfMachine(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] =
    readFileSync('/proc/stat', 'latin1').split('\n', 1)[0]?.split(/\s+/).map(Number) ?? [];
  return (user + nice + system + irq + softirq) * tickMs;
}
