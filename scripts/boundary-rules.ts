import type { IFlattenedRuleSet } from 'dependency-cruiser';
import {
  ioBuiltins,
  ioPackages,
  layers,
  mappingFolders,
  purePackages,
  testFiles,
  type Edge,
  type Layer,
  type LayerName,
} from '../layers.ts';

type Rule = NonNullable<IFlattenedRuleSet['forbidden']>[number];

/** Source of ours, as opposed to a package, a built-in or data (JSON under contracts/ is open to all). */
const source = '\\.[cm]?[jt]sx?$';
const installed = '(^|/)node_modules/';
const mappings = `/(${mappingFolders.join('|')})/`;
const tests = testFiles.map(testFilePattern).join('|');
const builtin = (names: readonly string[]) => `^(node:)?(${names.map(escaped).join('|')})$`;
const packages = (names: readonly string[]) => `${installed}(@types/)?(${names.map(escaped).join('|')})/`;

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** `*.test.ts` and `emulator.ts` are file names, `fixtures/` is a folder; both anywhere below a layer. */
function testFilePattern(name: string): string {
  if (name.endsWith('/')) return `/${escaped(name.slice(0, -1))}/`;
  return name.startsWith('*') ? `${escaped(name.slice(1))}$` : `/${escaped(name)}$`;
}

function folderOf(name: LayerName): string {
  const layer = layers.find((candidate) => candidate.name === name);
  if (layer === undefined) throw new Error(`layers.ts names the layer "${name}" but does not describe it`);
  return layer.folder;
}

/** Regular expressions of everything an edge opens, whatever the kind of import. */
function opened(edge: Edge): string[] {
  if (typeof edge === 'string') return [`^${folderOf(edge)}/`];
  const folder = folderOf(edge.layer);
  return edge.within?.map((part) => `^${folder}/${part}(/|\\.ts$)`) ?? [`^${folder}/`];
}

/** A layer imports itself and its list, nothing else of ours. */
function edgeRules(layer: Layer): Rule[] {
  if (layer.mayImport === 'anything') return [];
  const own = `^${layer.folder}/`;
  const listed = layer.mayImport.flatMap(opened);
  const listedForTests = (layer.testsAlsoImport ?? []).flatMap(opened);
  const typesOnly = layer.mayImport
    .filter((edge) => typeof edge === 'object')
    .filter((edge) => edge.typesOnly);
  return [
    {
      name: `${layer.name}-imports-only-its-list`,
      severity: 'error',
      comment: `What ${layer.folder} may import is listed in layers.ts.`,
      from: { path: own, pathNot: tests },
      to: { path: source, pathNot: [installed, own, ...listed] },
    },
    {
      name: `${layer.name}-tests-import-only-their-list`,
      severity: 'error',
      comment: `What tests and emulators in ${layer.folder} may import is listed in layers.ts.`,
      from: { path: `${own}.*(${tests})` },
      to: { path: source, pathNot: [installed, own, ...listed, ...listedForTests] },
    },
    ...typesOnly.map((edge): Rule => ({
      name: `${layer.name}-takes-only-types-of-${edge.layer}`,
      severity: 'error',
      comment: `${layer.folder} may know the shapes of ${edge.layer} (import type), never its behaviour.`,
      from: { path: own, pathNot: tests },
      to: { path: opened(edge), dependencyTypesNot: ['type-only'] },
    })),
  ];
}

/** Subfolders of an island layer do not see each other, not even in tests. */
function islandRules(layer: Layer): Rule[] {
  if (layer.islands !== true) return [];
  return [
    {
      name: `${layer.name}-do-not-import-each-other`,
      severity: 'error',
      comment: `Each folder in ${layer.folder} can be deleted without touching its neighbours.`,
      from: { path: `^${layer.folder}/([^/]+)/` },
      to: { path: `^${layer.folder}/`, pathNot: `^${layer.folder}/$1/` },
    },
  ];
}

function noIo(name: string, path: string): Rule[] {
  const comment = 'Pure code gets what it needs as arguments; I/O belongs to the file that calls it.';
  const from = { path, pathNot: tests };
  return [
    { name: `${name}-no-io-builtins`, severity: 'error', comment, from, to: { path: builtin(ioBuiltins) } },
    { name: `${name}-no-io-packages`, severity: 'error', comment, from, to: { path: packages(ioPackages) } },
  ];
}

function purityRules(layer: Layer): Rule[] {
  const own = `^${layer.folder}/`;
  if (layer.purity === undefined) return [];
  if (layer.purity === 'no-io') return noIo(layer.name, own);
  const comment = `${layer.folder} is pure: ${purePackages.join(', ')} are the only packages it may use.`;
  const from = { path: own, pathNot: tests };
  return [
    {
      name: `${layer.name}-no-builtins`,
      severity: 'error',
      comment,
      from,
      to: { dependencyTypes: ['core'] },
    },
    {
      name: `${layer.name}-only-pure-packages`,
      severity: 'error',
      comment,
      from,
      to: { path: installed, pathNot: packages(purePackages) },
    },
  ];
}

const knownFolders = layers.map((layer) => `^${layer.folder}/`);

const everywhere: Rule[] = [
  {
    name: 'no-cycles',
    severity: 'error',
    comment: 'Two files that need each other are one file, or hide a third. Cycles of types count.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-unresolved-import',
    severity: 'error',
    comment: 'The import leads nowhere.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'every-folder-is-a-layer',
    severity: 'error',
    comment: 'A new folder under src/ starts with its entry in layers.ts.',
    from: { path: '^src/', pathNot: knownFolders },
    to: {},
  },
  {
    name: 'product-runs-without-dev-packages',
    severity: 'error',
    comment: 'What src/ runs on is a dependency, not a devDependency.',
    from: { path: '^src/', pathNot: [tests, '^src/connector-testkit/'] },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: `${installed}@types/` },
  },
];

/** The whole rule set for dependency-cruiser, derived from layers.ts. */
export function boundaryRules(): Rule[] {
  return [
    ...layers.flatMap((layer) => [...edgeRules(layer), ...islandRules(layer), ...purityRules(layer)]),
    ...noIo('mappings', `^src/.*${mappings}`),
    ...everywhere,
  ];
}
