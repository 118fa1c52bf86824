import { z } from 'zod';
import { connectors } from '#server/connectors.ts';
import { retailerSchema } from '#server/retailers/retailer-schema.ts';

type Node = { [key: string]: unknown };

const reference = { type: 'string', pattern: '^\\$\\{env:[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}$' };

/** retailers/retailer.schema.json, for editors: the start checks the same, and more. */
export function retailerJsonSchema(): string {
  const schema = jsonSchemaOf(retailerSchema);
  const byConnector = connectors.map(({ id, config }) => ({
    if: { properties: { connector: { const: id } } },
    then: { properties: { config: jsonSchemaOf(config) } },
  }));
  const connections = (schema['properties'] as Node)['connections'] as Node;
  connections['additionalProperties'] = {
    ...(connections['additionalProperties'] as Node),
    allOf: byConnector,
  };
  return `${JSON.stringify(withReferences(schema), null, 2)}\n`;
}

function jsonSchemaOf(type: z.ZodType): Node {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(type, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
  });
  return schema;
}

/** Wherever a single value stands, a reference may stand; where it is secret, nothing else. */
function withReferences(node: Node): Node {
  const isLeaf = ['string', 'number', 'integer', 'boolean'].includes(String(node['type'])) || 'enum' in node;
  const { description, secret, default: fallback, ...rest } = node;
  const words = {
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
  };
  if (secret === true) return { ...words, ...reference };
  if (isLeaf && !('const' in node)) return { ...words, anyOf: [rest, reference] };
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === 'properties' ? members(value) : deeper(key, value),
    ]),
  );
}

const members = (value: unknown): Node =>
  Object.fromEntries(
    Object.entries(value as Node).map(([name, child]) => [name, withReferences(child as Node)]),
  );

function deeper(key: string, value: unknown): unknown {
  // `propertyNames` speaks of keys, `if` decides by what is written: neither is a value that could stand outside.
  if (
    key === 'if' ||
    key === 'propertyNames' ||
    key === 'default' ||
    typeof value !== 'object' ||
    value === null
  )
    return value;
  if (Array.isArray(value))
    return value.map((item) => (isNode(item) ? withReferences(item) : (item as unknown)));
  return withReferences(value as Node);
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
