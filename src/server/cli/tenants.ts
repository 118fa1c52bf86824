import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from '../config/configuration-error.ts';
import type { Settings } from '../config/environment.ts';

/** As much of a retailer's file as can be told without its secrets; what is wrong in it, the server names. */
const outlineSchema = z.object({ tenant: z.string(), connections: z.record(z.string(), z.unknown()) });

export type TenantOutline = { readonly tenant: string; readonly connections: readonly string[] };

/** The tenant that was named, or the only one there is. @throws ConfigurationError */
export function chooseTenant(
  settings: Pick<Settings, 'TALLYPORT_RETAILERS_DIR' | 'TALLYPORT_RETAILERS'>,
  named: string | undefined,
): TenantOutline {
  const outlines = outlinesIn(settings.TALLYPORT_RETAILERS_DIR, settings.TALLYPORT_RETAILERS);
  if (outlines.length === 0)
    throw problem(settings.TALLYPORT_RETAILERS_DIR, '$', 'holds no retailer that can be read');
  const names = outlines.map(({ tenant }) => tenant).join(', ');
  if (named !== undefined) {
    const found = outlines.find(({ tenant }) => tenant === named);
    if (found === undefined)
      throw problem('command line', '--tenant', `no retailer's file is of "${named}"; there are: ${names}`);
    return found;
  }
  const [only] = outlines;
  if (only === undefined || outlines.length > 1)
    throw problem('command line', '--tenant', `is needed, since there are several: ${names}`);
  return only;
}

function outlinesIn(directory: string, only: readonly string[] | undefined): readonly TenantOutline[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => only === undefined || only.includes(name))
    .sort()
    .flatMap((name) => {
      try {
        const text = readFileSync(join(directory, name, 'retailer.json'), 'utf8');
        const { tenant, connections } = outlineSchema.parse(JSON.parse(text));
        return [{ tenant, connections: Object.keys(connections) }];
      } catch {
        return []; // no retailer's folder
      }
    });
}

const problem = (file: string, path: string, message: string): ConfigurationError =>
  new ConfigurationError([{ file, path, message }]);
