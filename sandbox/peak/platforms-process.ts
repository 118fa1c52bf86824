import { spawn } from 'node:child_process';
import { z } from 'zod';
import type { Happening } from './day.ts';
import type { DayStatus } from './day-platforms.ts';

/** The platforms of the day in their own process, and how they are told what to do. */
export type PlatformsProcess = {
  environment(): Promise<Readonly<Record<string, string>>>;
  status(): Promise<DayStatus>;
  begin(): Promise<void>;
  happen(what: Happening['what'], phase: 'begins' | 'ends'): Promise<void>;
  stop(): Promise<void>;
};

const replySchema = z.object({ number: z.int(), answer: z.unknown() });

/** Starts the process. What is asked of one that died is rejected. */
export function startPlatformsProcess(directory: string, seed: number, scale: number): PlatformsProcess {
  const script = new URL('platforms-main.ts', import.meta.url).pathname;
  const flags = ['--directory', directory, '--seed', String(seed), '--scale', String(scale)];
  const child = spawn(process.execPath, [script, ...flags], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      for (const { reject } of waiting.values()) reject(new Error("the platforms' process is gone"));
      resolve();
    });
  });
  child.on('message', (message) => {
    const { number, answer } = replySchema.parse(message);
    waiting.get(number)?.resolve(answer);
    waiting.delete(number);
  });
  let last = 0;
  const ask = async (request: object): Promise<unknown> => {
    const number = (last += 1);
    const asked = Promise.withResolvers<unknown>();
    waiting.set(number, asked);
    child.send({ number, ...request });
    return asked.promise;
  };
  return {
    environment: async () => (await ask({ ask: 'environment' })) as Readonly<Record<string, string>>,
    status: async () => (await ask({ ask: 'status' })) as DayStatus,
    begin: async () => void (await ask({ ask: 'begin' })),
    happen: async (what, phase) => void (await ask({ ask: 'happen', what, phase })),
    async stop() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
