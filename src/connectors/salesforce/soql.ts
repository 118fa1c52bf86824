/** A text literal of SOQL, quoted and escaped. */
export function soqlText(value: string): string {
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `'${escaped}'`;
}

/** The URI of a query must stay below 16,384 bytes; half of that leaves room for what precedes the list. */
const listBytes = 8_000;

/** Lists of literals for `IN (...)`, each short enough for one URI. */
export function soqlLists(values: readonly string[]): readonly string[] {
  const lists: string[] = [];
  let current: string[] = [];
  let bytes = 0;
  for (const value of values) {
    const literal = soqlText(value);
    const size = encodeURIComponent(literal).length + 3;
    if (current.length > 0 && bytes + size > listBytes) {
      lists.push(current.join(','));
      current = [];
      bytes = 0;
    }
    current.push(literal);
    bytes += size;
  }
  if (current.length > 0) lists.push(current.join(','));
  return lists;
}
