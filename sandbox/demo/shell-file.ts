import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes the variables that lead `npx tallyport` to this run into a file for a shell. Answers its path. */
export async function writeShellFile(
  directory: string,
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const file = join(directory, 'env.sh');
  const lines = Object.entries(variables)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`);
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}
