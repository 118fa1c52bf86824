import type { ConfigField } from '#connector-sdk/config-fields.ts';
import { isPureReference } from './references.ts';

type Path = readonly (string | number)[];

/** Secrets that stand in the file itself. They belong into the environment, wherever the file goes. */
export function literalSecrets(
  tree: unknown,
  secretFields: readonly ConfigField[],
): readonly { readonly path: Path; readonly message: string }[] {
  const found = secretFields.flatMap(({ path }) => leaves(tree, path, []).flatMap(literalsIn));
  const byPath = new Map(found.map((path) => [JSON.stringify(path), path]));
  return [...byPath.values()].map((path) => ({
    path,
    message: 'is a secret: give it as "${env:NAME}", and its value in the environment',
  }));
}

/** The places in `tree` that a field's path, with its `*`, leads to. */
function leaves(
  tree: unknown,
  path: readonly string[],
  walked: Path,
): readonly { path: Path; value: unknown }[] {
  const [key, ...rest] = path;
  if (key === undefined) return [{ path: walked, value: tree }];
  if (typeof tree !== 'object' || tree === null) return [];
  const entries: (readonly [string | number, unknown])[] = Array.isArray(tree)
    ? tree.map((value, index) => [index, value] as const)
    : Object.entries(tree);
  return entries
    .filter(([name]) => key === '*' || key === name)
    .flatMap(([name, value]) => leaves(value, rest, [...walked, name]));
}

function literalsIn({ path, value }: { readonly path: Path; readonly value: unknown }): readonly Path[] {
  if (value === null || (typeof value === 'string' && isPureReference(value))) return [];
  if (typeof value !== 'object') return [path];
  return Object.entries(value).flatMap(([key, item]) => literalsIn({ path: [...path, key], value: item }));
}
