/** Licences that let anyone use, change and sell the product without publishing their own code. */
const permissive: ReadonlySet<string> = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Unlicense',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'PostgreSQL',
  'Python-2.0',
]);

/**
 * Whether an SPDX expression leaves the user at least one wholly permissive choice.
 *
 * Understands OR, AND and parentheses. `WITH` exceptions and anything it cannot read count as not permissive.
 */
export function isPermissive(expression: string): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let position = 0;

  function either(): boolean {
    let left = both();
    while (tokens[position] === 'OR') {
      position += 1;
      const right = both();
      left = left || right;
    }
    return left;
  }

  function both(): boolean {
    let left = single();
    while (tokens[position] === 'AND') {
      position += 1;
      const right = single();
      left = left && right;
    }
    return left;
  }

  function single(): boolean {
    const token = tokens[position];
    position += 1;
    if (token !== '(') return token !== undefined && permissive.has(token);
    const inner = either();
    const closed = tokens[position] === ')';
    position += 1;
    return closed && inner;
  }

  const result = either();
  return result && position === tokens.length;
}
