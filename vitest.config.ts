import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// One embedded PostgreSQL serves all test files; each file makes a database of its own in it.
const globalSetup = 'tests/postgres/global-setup.ts';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'sandbox/**/*.test.ts',
      'simulation/**/*.test.ts',
      'torture/**/*.test.ts',
      'bench/**/*.test.ts',
      'tests/**/*.test.ts',
    ],
    // The samples are held against their own expectations: `npm run test:samples`.
    exclude: ['**/node_modules/**', 'tests/samples/**'],
    globalSetup: existsSync(new URL(globalSetup, import.meta.url)) ? [globalSetup] : [],
    pool: 'forks',
    // Two files at a time: more would measure the machine's patience, since PostgreSQL needs a core too.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    passWithNoTests: true,
    // A retried test hides the race it found.
    retry: 0,
    sequence: { hooks: 'stack' },
  },
});
