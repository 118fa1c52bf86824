/**
 * `npm run new:connector -- NAME`: a connector folder that passes the conformance suite, to be changed from there.
 * See docs/guides/write-a-connector.md.
 */
import { BadNameError, registryLines, scaffoldConnector } from './scaffold-connector.ts';

const [name, ...rest] = process.argv.slice(2);
if (name === undefined || rest.length > 0) {
  console.error('usage: npm run new:connector -- NAME        e.g. NAME = business-central');
  process.exit(2);
}
try {
  const files = scaffoldConnector(process.cwd(), name);
  const [importLine, entry] = registryLines(name);
  console.log(`${files.map((file) => `  ${file}`).join('\n')}

It passes as it is:
  npx vitest run src/connectors/${name}

To let the server know it, add to src/server/connectors.ts:
  ${importLine}
and its name to the list there:
${entry}

What to change first: docs/guides/write-a-connector.md`);
} catch (error) {
  if (!(error instanceof BadNameError)) throw error;
  console.error(`new:connector: ${error.message}`);
  process.exit(2);
}
