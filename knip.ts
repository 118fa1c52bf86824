import { existsSync, readFileSync } from 'node:fs';
import type { KnipConfig } from 'knip';

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

/** Nothing can be called dead before the composition root says what is alive. */
const assembled = existsSync(new URL('src/server/main.ts', import.meta.url));
const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as Manifest;
const declared = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];

export default {
  entry: [
    'src/server/main.ts',
    'src/server/cli/*.ts',
    'src/connectors/*/connector.ts',
    'src/connectors/*/emulator.ts',
    'sandbox/main.ts',
    'sandbox/demo/main.ts',
    'simulation/*.ts',
    'torture/*.ts',
    'bench/*.ts',
    'scripts/*.ts',
    'tests/**/main.ts',
    'tests/**/global-setup.ts',
    '{src,sandbox,simulation,torture,tests}/**/*.test.ts',
    // Workers are started by path, so no import leads to them.
    '{src,sandbox,tests,bench}/**/*.worker.ts',
    ...(assembled ? [] : ['{src,sandbox,simulation,torture,bench,tests}/**/*.ts']),
  ],
  project: ['{src,sandbox,simulation,torture,bench,tests,scripts}/**/*.ts', '*.ts'],
  ignoreExportsUsedInFile: true,
  // What connectors outside this repository build on is public: a word that nothing here uses yet is not dead.
  ignoreIssues: {
    'src/canonical/**': ['exports', 'types'],
    'src/connector-sdk/**': ['exports', 'types'],
    'src/connector-testkit/**': ['exports', 'types'],
  },
  ignoreDependencies: assembled ? [] : declared,
} satisfies KnipConfig;
