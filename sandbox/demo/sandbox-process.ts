import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { SandboxStatus } from '../platforms/sandbox.ts';
import type { DemoOptions } from './options.ts';

/** The emulated systems in their own process, and how they are told what to do. */
export type SandboxProcess = {
  readonly control: string;
  readonly urls: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly environment: Readonly<Record<string, string>>;
  status(): Promise<SandboxStatus>;
  tell(path: string, body: object): Promise<void>;
  stop(): Promise<void>;
};

/** Starts the process and waits for its first line. @throws Error when it ends before that */
export async function startSandbox(
  directory: string,
  { seed, isChaos, retailers, erp }: DemoOptions,
): Promise<SandboxProcess> {
  const script = new URL('../emulators-main.ts', import.meta.url).pathname;
  const flags = ['--directory', directory, '--seed', String(seed), '--erp', erp];
  flags.push('--retailers', retailers.join(','));
  const child = spawn(process.execPath, [script, ...flags, ...(isChaos ? ['--chaos'] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { control, urls, environment } = JSON.parse(await firstLine(child)) as Pick<
    SandboxProcess,
    'control' | 'urls' | 'environment'
  >;
  const call = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(`${control}${path}`, init);
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`the sandbox refused ${path}: ${JSON.stringify(body)}`);
    return body;
  };
  return {
    control,
    urls,
    environment,
    status: async () => (await call('/status')) as SandboxStatus,
    tell: async (path, body) => void (await call(path, { method: 'POST', body: JSON.stringify(body) })),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the sandbox has no output');
  for await (const line of createInterface({ input: stdout })) return line;
  throw new Error('the sandbox ended before it began');
}
