import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { testDatabase } from '#tests/postgres/test-database.ts';
import { get, northwindVariables } from './testing/start-under-test.ts';

const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const work of cleanUp.splice(0).reverse()) await work();
});

type Process = {
  readonly output: () => string;
  readonly code: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  url(): Promise<string>;
};
function run(args: readonly string[], env: Readonly<Record<string, string>>): Process {
  const child = spawn(process.execPath, ['src/server/main.ts', ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  cleanUp.push(() => void child.kill('SIGKILL'));
  return {
    output: () => text,
    code: once(child, 'exit').then(([code]) => code as number | null),
    signal: (name) => void child.kill(name),
    async url() {
      await expect.poll(() => text, { timeout: 25_000 }).toMatch(/"url":"http[^"]+"/);
      return /"url":"(http[^"]+)"/.exec(text)?.[1] ?? '';
    },
  };
}

test('a configuration error is one readable text and exit code 78', async () => {
  const started = run([], { LOG_LEVEL: 'loud', PORT: 'canary' });
  expect(await started.code).toBe(78);
  expect(started.output()).toBe(
    [
      'tallyport: the configuration has 2 problems:',
      '  environment',
      '    PORT: Invalid input: expected number, received NaN',
      '    LOG_LEVEL: Invalid option: expected one of "fatal"|"error"|"warn"|"info"|"debug"|"trace"|"silent"',
      '',
    ].join('\n'),
  );
});

test.each([['--role', 'nobody'], ['--rolle', 'worker'], ['--help']])(
  '%s %s is answered with the usage',
  async (...args) => {
    const started = run(args, {});
    expect(await started.code).toBe(78);
    expect(started.output()).toMatch(/^npm start -- --role gateway,worker,scheduler/);
  },
);

test('SIGTERM stops a process in good order, and no secret was logged', async () => {
  const place = await testDatabase();
  cleanUp.push(() => place.drop());
  const started = run(['--role', 'gateway,worker'], northwindVariables(place.url));
  expect((await get(`${await started.url()}/health/ready`)).status).toBe(200);
  started.signal('SIGTERM');
  expect(await started.code).toBe(0);
  expect(started.output()).not.toMatch(/canary|"level":50/);
});

test('without DATABASE_URL a database and a master key are made in the data folder, and found again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tallyport-data-'));
  chmodSync(folder, 0o755); // run as root, PostgreSQL is another user, who must get in
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  const { DATABASE_URL: _url, TALLYPORT_MASTER_KEY: _key, ...own } = northwindVariables('');
  const env = { ...own, TALLYPORT_DATA_DIR: folder };
  const key = (): string => readFileSync(join(folder, 'master-key'), 'utf8');

  const first = run([], env);
  await first.url();
  first.signal('SIGINT');
  expect(await first.code).toBe(0);
  const made = key();
  expect(statSync(join(folder, 'master-key')).mode & 0o777).toBe(0o600);

  const second = run([], env);
  await second.url();
  expect(key()).toBe(made);
  expect(second.output()).not.toContain('migration applied');
  second.signal('SIGTERM');
  expect(await second.code).toBe(0);

  rmSync(join(folder, 'master-key'));
  const third = run([], env);
  expect(await third.code).toBe(78);
  expect(third.output()).toContain('is gone while the database is there');
}, 60_000);
