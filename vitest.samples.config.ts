import { defineConfig, mergeConfig } from 'vitest/config';
import everyTest from './vitest.config.ts';

const base = everyTest.test ?? {};

/** The suites in tests/samples: whole documents as the platforms publish them, run apart from `npm test`. */
export default mergeConfig(
  { test: { ...base, include: [], exclude: [] } },
  defineConfig({
    test: { name: 'samples', include: ['tests/samples/**/*.test.ts'], exclude: ['**/node_modules/**'] },
  }),
);
