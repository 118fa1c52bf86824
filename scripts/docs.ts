/** `npm run docs`: writes the pages of docs/reference/ that follow from settings and tests; `-- --check` fails when one is stale. */
import './configuration-reference.ts';
import './resiliency-matrix.ts';
