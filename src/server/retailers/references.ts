/** `${env:NAME}` or `${env:NAME:-default}`: the whole value stands outside of the file. */
const referencePattern = /^\$\{env:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}$/;

type Path = readonly (string | number)[];

/** What a tree of data becomes when its references are replaced. */
export type Resolved = {
  readonly value: unknown;
  /** References that could not be replaced; their keys are absent from `value`. */
  readonly problems: readonly { readonly path: Path; readonly message: string }[];
};

/** Whether this text refers to a variable and carries no value of its own. */
export function isPureReference(text: string): boolean {
  const match = referencePattern.exec(text);
  return match !== null && (match[2] ?? '') === '';
}

/**
 * Replaces every reference to a variable. `${env:NAME:-}` of a variable that is not set leaves its key out.
 * Variables are text: where `typeAt` says that a number or a boolean stands, their text is read as one.
 */
export function resolveReferences(
  tree: unknown,
  variable: (name: string) => string | undefined,
  typeAt: (path: Path) => string | null,
): Resolved {
  const problems: Resolved['problems'][number][] = [];
  const absent = Symbol('absent');

  const text = (value: string, path: Path): unknown => {
    if (!value.includes('${')) return value;
    const match = referencePattern.exec(value);
    if (match === null) {
      problems.push({
        path,
        message: 'a reference is the whole value: "${env:NAME}" or "${env:NAME:-default}"',
      });
      return absent;
    }
    const [, name = '', fallback] = match;
    const found = variable(name) ?? fallback;
    if (found === undefined) {
      problems.push({ path, message: `the environment variable ${name} is not set` });
      return absent;
    }
    return found === '' ? absent : typed(found, typeAt(path));
  };

  const walk = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') return text(value, path);
    if (Array.isArray(value))
      return value.map((item, index) => walk(item, [...path, index])).filter((item) => item !== absent);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, item]) => [key, walk(item, [...path, key])] as const)
        .filter(([, item]) => item !== absent),
    );
  };
  return { value: walk(tree, []), problems };
}

function typed(text: string, type: string | null): unknown {
  if (type === 'number' && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}
