import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * The objects of a file with one a line, in their order; nothing for a file that is not there. An array with an element a line is read,
 * too. The last line may be cut: whoever wrote it was killed. @throws SyntaxError naming any other line that is no JSON
 */
export async function readJsonLines<T>(file: string): Promise<T[]> {
  if (!existsSync(file)) return [];
  const found: T[] = [];
  let broken: string | null = null;
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    number += 1;
    const text = line.trim().replace(/,$/, '');
    if (text === '' || text === '[' || text === ']' || text === '[]') continue;
    if (broken !== null) throw new SyntaxError(broken);
    try {
      const value = JSON.parse(text) as T | T[];
      // An array in one line holds all of them.
      if (Array.isArray(value)) for (const each of value) found.push(each);
      else found.push(value);
    } catch {
      broken = `${file}:${number} is no JSON: ${text.slice(0, 80)}`;
    }
  }
  return found;
}
