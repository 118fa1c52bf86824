import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The name cannot be used. The message is for the person who typed it. */
export class BadNameError extends Error {
  override readonly name = 'BadNameError';
}

/** The connector that the testkit tests itself with: what is copied is what works. */
const template = 'src/connector-testkit/example';

/** Words that no variable may have as its name (ECMAScript, strict mode, modules). */
const reserved = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false ' +
    'finally for function if implements import in instanceof interface let new null package private protected public return ' +
    'static super switch this throw true try typeof undefined var void while with yield'
  ).split(' '),
);

/**
 * Copies the example connector to `src/connectors/<name>` and renames it. Returns the files, relative to the root.
 * Changes nothing else. @throws BadNameError
 */
export function scaffoldConnector(root: string, name: string): readonly string[] {
  const target = join('src/connectors', name);
  const folder = join(root, target);
  refuseBadName(name);
  if (existsSync(folder)) throw new BadNameError(`there is a connector "${name}" already: ${target}`);

  mkdirSync(dirname(folder), { recursive: true });
  cpSync(join(root, template), folder, { recursive: true });
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files
    .map((entry) => {
      const from = join(entry.parentPath, entry.name);
      const to = join(entry.parentPath, entry.name.replace(/^example\./, `${name}.`));
      writeFileSync(from, renamed(readFileSync(from, 'utf8'), name));
      renameSync(from, to);
      return to.slice(root.length + 1);
    })
    .sort();
}

/** The lines that make the server know the connector. */
export function registryLines(name: string): readonly string[] {
  return [`import { ${camelCase(name)} } from '#connectors/${name}/connector.ts';`, `  ${camelCase(name)},`];
}

function refuseBadName(name: string): void {
  const shape = 'letters and digits in lower case, words parted by one "-", e.g. "business-central"';
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new BadNameError(`"${name}" is no connector name: ${shape}`);
  if (name.length < 2 || name.length > 40)
    throw new BadNameError(`"${name}" is no connector name: 2 to 40 characters`);
  if (name === 'example' || reserved.has(name))
    throw new BadNameError(`"${name}" is taken by the language or by the template`);
}

/** `example` as a name of code, of a file or header, and in prose are three different words. */
function renamed(text: string, name: string): string {
  return text
    .replaceAll(/(?<=['"-])example(?=['"-])/g, name)
    .replaceAll(/\bexample\b(?!\.com)/g, camelCase(name))
    .replaceAll(/(?<=[a-z])Example|Example(?=[A-Z])/g, pascalCase(name))
    .replaceAll(/\bExample\b/g, words(name).map(capitalised).join(' '));
}

const words = (name: string): string[] => name.split('-');
const capitalised = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
const pascalCase = (name: string): string => words(name).map(capitalised).join('');
const camelCase = (name: string): string =>
  words(name)
    .map((word, at) => (at === 0 ? word : capitalised(word)))
    .join('');
