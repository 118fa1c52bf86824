import { registerHooks } from 'node:module';

const source = (path: string): string => new URL(`../../${path}`, import.meta.url).href;

/** From here on, whoever imports one of these modules gets the other. Paths from the repository's root. */
export function replaceModules(replacements: Readonly<Record<string, string>>): void {
  const byUrl = new Map(Object.entries(replacements).map(([from, to]) => [source(from), source(to)]));
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const url = byUrl.get(resolved.url);
      return url === undefined ? resolved : { ...resolved, url };
    },
  });
}
