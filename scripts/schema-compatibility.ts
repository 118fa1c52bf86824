/** JSON Schema as far as our generator writes it. */
export type Schema = {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly [keyword: string]: unknown;
};

/**
 * One difference to the released contract. `breaking`: a message that was right is no longer, or a field that a reader relies on
 * is gone, may be absent, or changed its type. `caution`: a reader that handles only what it knows may be surprised.
 */
export type Change = {
  readonly kind: 'breaking' | 'caution';
  readonly path: string;
  readonly message: string;
};

/** What a pair of schemas at one place is compared under. */
type Place = {
  readonly path: string;
  readonly before: Schema;
  readonly after: Schema;
  readonly visited: ReadonlySet<string>;
};

/** Every change between a released schema and the one that would replace it; adding an optional field is none. */
export function schemaChanges(before: Schema, after: Schema): readonly Change[] {
  return compare(before, after, { path: '', before, after, visited: new Set() });
}

function compare(before: Schema, after: Schema, place: Place): readonly Change[] {
  const key = `${before.$ref ?? ''}>${after.$ref ?? ''}`;
  if (key !== '>' && place.visited.has(key)) return [];
  const inside = { ...place, visited: new Set([...place.visited, key]) };
  const [was, is] = [resolve(before, place.before), resolve(after, place.after)];
  const [branchesBefore, branchesAfter] = [branchesOf(was, place.before), branchesOf(is, place.after)];
  if (branchesBefore.length > 1 || branchesAfter.length > 1)
    return compareBranches(branchesBefore, branchesAfter, inside);
  return [
    ...typeChanges(was, is, inside),
    ...limitChanges(was, is, inside),
    ...fieldChanges(was, is, inside),
    ...elementChanges(was, is, inside),
  ];
}

function resolve(schema: Schema, root: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const target = root.$defs?.[schema.$ref.replace('#/$defs/', '')];
  if (target === undefined) throw new Error(`${schema.$ref} is not in $defs`);
  return resolve(target, root);
}

/** The alternatives of a schema, those of nested unions too; itself when it has none. */
function branchesOf(schema: Schema, root: Schema): readonly Schema[] {
  const alternatives = schema.anyOf ?? schema.oneOf;
  return alternatives === undefined
    ? [schema]
    : alternatives.flatMap((branch) => branchesOf(resolve(branch, root), root));
}

/** What makes an alternative recognisable: its type and the constants of its fields. */
function nameOf(schema: Schema): string {
  const constants = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    field.const === undefined ? [] : [`${name}=${JSON.stringify(field.const)}`],
  );
  const format = typeof schema['format'] === 'string' ? [schema['format']] : [];
  return [String(schema.type ?? 'anything'), ...format, ...constants].join(' ');
}

function compareBranches(
  before: readonly Schema[],
  after: readonly Schema[],
  place: Place,
): readonly Change[] {
  const find = (branches: readonly Schema[], branch: Schema) =>
    branches.find((other) => nameOf(other) === nameOf(branch));
  return [
    ...before.flatMap((branch): readonly Change[] => {
      const same = find(after, branch);
      if (same === undefined)
        return [{ kind: 'breaking', path: place.path, message: `${nameOf(branch)} is no longer allowed` }];
      return compare(branch, same, place);
    }),
    ...after
      .filter((branch) => find(before, branch) === undefined)
      .map((branch): Change => ({
        kind: 'caution',
        path: place.path,
        message: `may now be ${nameOf(branch)}`,
      })),
  ];
}

function typeChanges(before: Schema, after: Schema, { path }: Place): readonly Change[] {
  const types = ({ type }: Schema) => (type === undefined ? [] : [type].flat());
  const [was, is] = [types(before), types(after)];
  if (was.length === 0 && is.length > 0)
    return [{ kind: 'breaking', path, message: `was anything, is now ${is.join(' or ')}` }];
  const lost =
    is.length === 0
      ? []
      : was.filter((type) => !is.includes(type) && !(type === 'integer' && is.includes('number')));
  const won = is.filter((type) => was.length > 0 && !was.includes(type));
  if (lost.length > 0)
    return [{ kind: 'breaking', path, message: `was ${was.join(' or ')}, is now ${is.join(' or ')}` }];
  return won.map((type) => ({ kind: 'caution', path, message: `may now be ${type}` }));
}

/** Keywords whose greater value, or whose smaller value, lets less through. */
const narrowingUp = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const narrowingDown = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

function limitChanges(before: Schema, after: Schema, { path }: Place): readonly Change[] {
  const changes: Change[] = [];
  const change = (kind: Change['kind'], message: string) => changes.push({ kind, path, message });
  const [was, is] = [valuesOf(before), valuesOf(after)];
  const gone = was?.filter((value) => is !== null && !is.includes(value)) ?? [];
  const added = is?.filter((value) => was !== null && !was.includes(value)) ?? [];
  if (gone.length > 0) change('breaking', `${gone.join(', ')} is no longer allowed`);
  if (was === null && is !== null) change('breaking', `only ${is.join(', ')} is allowed now`);
  if (added.length > 0) change('caution', `may now be ${added.join(', ')}`);
  for (const keyword of ['pattern', 'format']) {
    if (after[keyword] === undefined && before[keyword] !== undefined)
      change('caution', `${keyword} is no longer promised`);
    else if (after[keyword] !== before[keyword])
      change('breaking', `${keyword} is now ${String(after[keyword])}`);
  }
  for (const [keywords, sign] of [
    [narrowingUp, 1],
    [narrowingDown, -1],
  ] as const) {
    for (const keyword of keywords) {
      const [old, now] = [before[keyword], after[keyword]];
      const isTighter = typeof now === 'number' && (typeof old !== 'number' || (now - old) * sign > 0);
      if (isTighter) change('breaking', `${keyword} is now ${now}`);
      else if (old !== now) change('caution', `${keyword} is now ${String(now)}`);
    }
  }
  return changes;
}

/** The only values a schema allows, as JSON; null when it does not list them. */
function valuesOf(schema: Schema): readonly string[] | null {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value));
  return schema.const === undefined ? null : [JSON.stringify(schema.const)];
}

function fieldChanges(before: Schema, after: Schema, place: Place): readonly Change[] {
  const { path } = place;
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  const changes: Change[] = [];
  for (const [name, field] of Object.entries(before.properties ?? {})) {
    const now = after.properties?.[name];
    if (now === undefined) changes.push({ kind: 'breaking', path: at(name), message: 'is gone' });
    else changes.push(...compare(field, now, { ...place, path: at(name) }));
  }
  const [was, is] = [before.required ?? [], after.required ?? []];
  for (const name of is) {
    if (!was.includes(name)) changes.push({ kind: 'breaking', path: at(name), message: 'is now required' });
  }
  for (const name of was) {
    const isThere = after.properties === undefined || after.properties[name] !== undefined;
    if (!is.includes(name) && isThere)
      changes.push({ kind: 'breaking', path: at(name), message: 'may now be absent' });
  }
  return changes;
}

function elementChanges(before: Schema, after: Schema, place: Place): readonly Change[] {
  const changes: Change[] = [];
  const inner = (was: boolean | Schema | undefined, is: boolean | Schema | undefined, part: string) => {
    if (typeof was !== 'object' && typeof is !== 'object') return;
    const [before, after] = [was, is].map((schema) => (typeof schema === 'object' ? schema : {}));
    changes.push(...compare(before ?? {}, after ?? {}, { ...place, path: `${place.path}${part}` }));
  };
  if (after.additionalProperties === false && before.additionalProperties !== false) {
    changes.push({ kind: 'breaking', path: place.path, message: 'further fields are no longer allowed' });
  }
  inner(before.items, after.items, '[]');
  inner(before.additionalProperties, after.additionalProperties, '{}');
  inner(before.propertyNames, after.propertyNames, '{name}');
  return changes;
}
