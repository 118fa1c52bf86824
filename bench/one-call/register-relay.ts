import { replaceModules } from './replace-modules.ts';

/** For `node --import`: the product runs as it is, but for its list of connectors and its processes. */
replaceModules({
  'src/server/connectors.ts': 'bench/one-call/connectors.ts',
  'src/processes/registry.ts': 'bench/one-call/relay-registry.ts',
});
