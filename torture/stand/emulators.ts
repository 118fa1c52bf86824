import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { endChild, startChild } from './child-processes.ts';

/** What the emulators' process says of itself, as far as it is looked at here. */
export type EmulatorsStatus = {
  readonly wanted: number;
  readonly placed: number;
  readonly pending: number;
  readonly subscribed: number;
};

/** The emulated shops, ERPs and CRMs as a process of their own: the ground truth. */
export type Emulators = {
  readonly control: string;
  /** By retailer and system. */
  readonly urls: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The variables that lead the product to them. */
  readonly environment: Readonly<Record<string, string>>;
  status(): Promise<EmulatorsStatus>;
  /** @throws Error when it is refused */
  tell(path: string, body: object): Promise<void>;
  stop(): Promise<void>;
};

/** Starts them and waits until they are there. @throws Error when they end before that */
export async function startEmulators(script: string, directory: string, seed: number): Promise<Emulators> {
  const log = openSync(join(directory, 'emulators.log'), 'a');
  const flags = ['--seed', String(seed), '--temper', 'torture', '--sync'];
  flags.push('--directory', join(directory, 'journals'));
  flags.push('--deliveries', join(directory, 'history', 'deliveries.jsonl'));
  const child = startChild(process.execPath, [script, ...flags], { stdio: ['ignore', 'pipe', log] });
  closeSync(log);
  const said = JSON.parse(await firstLine(child)) as Pick<Emulators, 'control' | 'urls' | 'environment'>;
  const call = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(`${said.control}${path}`, { ...init, signal: AbortSignal.timeout(10_000) });
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`the emulators refused ${path}: ${JSON.stringify(body)}`);
    return body;
  };
  return {
    ...said,
    status: async () => (await call('/status')) as EmulatorsStatus,
    tell: async (path, body) => void (await call(path, { method: 'POST', body: JSON.stringify(body) })),
    stop: async () => void (await endChild(child, 'SIGTERM', 10_000)),
  };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the emulators have no output');
  for await (const line of createInterface({ input: stdout })) return line;
  throw new Error('the emulators ended before they began: see emulators.log');
}
