/**
 * `npm run docs`: writes docs/reference/configuration.md and retailers/retailer.schema.json from the schemas of the settings, and
 * docs/reference/command-line.md from the declarations of the commands.
 *
 * `-- --check` writes nothing and fails when one of them is stale.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { commandLinePage } from './reference/command-line-page.ts';
import { configurationPage } from './reference/configuration-page.ts';
import { retailerJsonSchema } from './reference/retailer-json-schema.ts';

const files = new Map([
  ['docs/reference/configuration.md', configurationPage()],
  ['docs/reference/command-line.md', commandLinePage()],
  ['retailers/retailer.schema.json', retailerJsonSchema()],
]);

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
for (const [path, text] of files) {
  if (values.check !== true) {
    writeFileSync(path, text);
    console.log(`${path} written`);
  } else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    console.error(`${path} is stale: run npm run docs`);
    process.exitCode = 1;
  }
}
