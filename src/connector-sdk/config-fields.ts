import type { z } from 'zod';

/** One setting of a connector's configuration, for the generated reference, the masking and the conformance suite. */
export type ConfigField = {
  /** `*` stands for every member of a list or of a record. */
  readonly path: readonly string[];
  /** Which variant of a union the field belongs to, e.g. `flow=jwt-bearer`; null where there is one variant. */
  readonly variant: string | null;
  readonly type: string;
  readonly description: string | null;
  readonly secret: boolean;
  readonly required: boolean;
  /** As JSON text; null where there is none. */
  readonly defaultJson: string | null;
};

type Node = z.core.$ZodType;
/** What the layers around a type (optional, default, pipe...) say about it. */
type Layers = { description: string | null; secret: boolean; required: boolean; defaultJson: string | null };
type At = { readonly path: readonly string[]; readonly variant: string | null };

/** Every field of a config schema in the order of its declaration, groups before their members. */
export function configFields(schema: z.ZodType): readonly ConfigField[] {
  return members(unwrapped(schema).node, { path: [], variant: null }, false, new Set());
}

/** `auth.privateKey`, `warehouses[*].id`. */
export function configPathText(path: readonly string[]): string {
  return path.reduce((text, key) => (key === '*' ? `${text}[*]` : text === '' ? key : `${text}.${key}`), '');
}

function members(node: Node, at: At, secret: boolean, open: ReadonlySet<Node>): ConfigField[] {
  if (open.has(node)) return []; // a type that contains itself is listed once
  const inside = new Set([...open, node]);
  const def = (node as z.core.$ZodTypes)._zod.def;
  const below = (key: string, child: Node): ConfigField[] =>
    field(child, { ...at, path: [...at.path, key] }, secret, inside);
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape).flatMap(([key, child]) => below(key, child));
    case 'union':
      return def.options.flatMap((option) => variant(option, at, secret, inside));
    case 'intersection':
      return [def.left, def.right].flatMap((side) => members(unwrapped(side).node, at, secret, inside));
    case 'array':
      return elements(def.element, at, secret, inside);
    case 'record':
      return elements(def.valueType, at, secret, inside);
    case 'tuple':
      return def.items.flatMap((item) => elements(item, at, secret, inside));
    default:
      return [];
  }
}

function field(child: Node, at: At, secretAbove: boolean, open: ReadonlySet<Node>): ConfigField[] {
  const { node, layers } = unwrapped(child);
  const secret = secretAbove || layers.secret;
  return [{ ...at, type: typeText(node), ...layers, secret }, ...members(node, at, secret, open)];
}

/** Members of a list have no name of their own; they count as a field where they are secret or hold fields. */
function elements(child: Node, at: At, secretAbove: boolean, open: ReadonlySet<Node>): ConfigField[] {
  const { node, layers } = unwrapped(child);
  const inside = { ...at, path: [...at.path, '*'] };
  const secret = secretAbove || layers.secret;
  const own: ConfigField[] = layers.secret ? [{ ...inside, type: typeText(node), ...layers, secret }] : [];
  return [...own, ...members(node, inside, secret, open)];
}

function variant(option: Node, at: At, secretAbove: boolean, open: ReadonlySet<Node>): ConfigField[] {
  const { node, layers } = unwrapped(option);
  const secret = secretAbove || layers.secret;
  const own: ConfigField[] = layers.secret ? [{ ...at, type: typeText(node), ...layers, secret }] : [];
  const name = variantName(node);
  const inside = members(node, { ...at, variant: name ?? at.variant }, secret, open);
  // What is said of a variant is said of the field that chooses it.
  const isChoice = (field: ConfigField): boolean =>
    name !== null && field.path.length === at.path.length + 1 && name.startsWith(`${field.path.at(-1)}=`);
  return [
    ...own,
    ...inside.map((field) =>
      isChoice(field) ? { ...field, description: field.description ?? layers.description } : field,
    ),
  ];
}

function variantName(node: Node): string | null {
  const def = (node as z.core.$ZodTypes)._zod.def;
  if (def.type !== 'object') return null;
  for (const [key, child] of Object.entries(def.shape)) {
    const inner = (unwrapped(child).node as z.core.$ZodTypes)._zod.def;
    if (inner.type === 'literal') return `${key}=${inner.values.map(String).join('|')}`;
  }
  return null;
}

/** Takes the layers off a type and keeps what they said; the outermost word wins, and secret anywhere is secret. */
function unwrapped(schema: Node): { node: Node; layers: Layers } {
  const layers: Layers = { description: null, secret: false, required: true, defaultJson: null };
  let node = schema;
  for (;;) {
    const meta = (node as z.ZodType).meta();
    layers.description ??= meta?.description ?? null;
    layers.secret ||= meta?.['secret'] === true;
    const def = (node as z.core.$ZodTypes)._zod.def;
    if (def.type === 'default' || def.type === 'prefault')
      layers.defaultJson ??= JSON.stringify(def.defaultValue) ?? null;
    if (['default', 'prefault', 'optional', 'catch'].includes(def.type)) layers.required = false;
    if (def.type === 'lazy') node = (node as z.core.$ZodLazy)._zod.innerType;
    else if (def.type === 'pipe') node = isTransform(def.in) ? def.out : def.in;
    else if ('innerType' in def) node = def.innerType;
    else return { node, layers };
  }
}

const isTransform = (node: Node): boolean => (node as z.core.$ZodTypes)._zod.def.type === 'transform';

function typeText(node: Node): string {
  const def = (node as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'enum':
      return Object.values(def.entries)
        .map((value) => JSON.stringify(value))
        .join(' | ');
    case 'literal':
      return def.values.map((value) => JSON.stringify(value) ?? String(value)).join(' | ');
    case 'array':
      return `list of ${typeText(unwrapped(def.element).node)}`;
    case 'record':
      return `map to ${typeText(unwrapped(def.valueType).node)}`;
    case 'union':
      return [...new Set(def.options.map((option) => typeText(unwrapped(option).node)))].join(' | ');
    default:
      return def.type;
  }
}
