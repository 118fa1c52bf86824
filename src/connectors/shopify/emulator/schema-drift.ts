/** How a platform's bodies change under a receiver: something new, or something known in another shape. */
export type SchemaDrift = 'unknown-field' | 'changed-type';

/** The fields of which some body needs each; the first that is there changes. */
const needed = [/"currency":"([^"]*)"/, /"status":"([^"]*)"/, /"amount":"([^"]*)"/] as const;

/** The same body after a change of its schema that nobody announced. */
export function drifted(body: string, drift: SchemaDrift): string {
  if (drift === 'unknown-field') return `${body.slice(0, -1)},"of_a_version_to_come":{"is":["new"]}}`;
  const field = needed.find((pattern) => pattern.test(body));
  return field === undefined
    ? body
    : body.replace(
        field,
        (text, value: string) => `${text.slice(0, text.indexOf(':'))}:{"value":"${value}"}`,
      );
}

const depth = 3_000;
/** Bodies that are whole, signed, and of no use to anybody. */
export const poisonousBodies: readonly string[] = [
  'null',
  '[]',
  '"text"',
  '{"id":1e400}',
  '{"id":"\\u0000","order_id":"\\ud800"}',
  '{"id":-1,"line_items":"none","currency":[]}',
  '{"__proto__":{"id":1},"constructor":null}',
  `{"id":${'9'.repeat(400)}}`,
  `${'['.repeat(depth)}${']'.repeat(depth)}`,
];
