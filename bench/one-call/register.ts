import { replaceModules } from './replace-modules.ts';

/** For `node --import`: the product runs as it is, but for its list of connectors. */
replaceModules({ 'src/server/connectors.ts': 'bench/one-call/connectors.ts' });
