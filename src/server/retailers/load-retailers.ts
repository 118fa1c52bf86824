import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, type ConfigurationProblem } from '../config/configuration-error.ts';
import { readRetailer } from './read-retailer.ts';
import type { Retailer } from './retailer.ts';

/**
 * Reads every retailer's folder, or those that are named.
 * @throws ConfigurationError with every problem of all of them.
 */
export function loadRetailers(options: {
  readonly directory: string;
  readonly only?: readonly string[] | undefined;
  readonly variable: (name: string) => string | undefined;
}): readonly Retailer[] {
  const { directory, only, variable } = options;
  const present = existsSync(directory)
    ? readdirSync(directory)
        .filter((name) => existsSync(join(directory, name, 'retailer.json')))
        .sort()
    : [];
  const missing = (only ?? []).filter((name) => !present.includes(name));
  const problems: ConfigurationProblem[] = missing.map((name) => ({
    file: join(directory, name),
    path: '$',
    message: 'has no retailer.json',
  }));
  const readings = (only ?? present)
    .filter((name) => present.includes(name))
    .map((name) => readRetailer(join(directory, name), variable));
  problems.push(...readings.flatMap((reading) => reading.problems));
  const retailers = readings.flatMap(({ retailer }) => (retailer === null ? [] : [retailer]));
  for (const [tenant, sharing] of Map.groupBy(retailers, (retailer) => retailer.tenant))
    if (sharing.length > 1)
      problems.push({
        file: directory,
        path: 'tenant',
        message: `"${tenant}" is claimed by ${sharing.map(({ folder }) => folder).join(' and ')}`,
      });
  if (only === undefined && present.length === 0)
    problems.push({
      file: directory,
      path: '$',
      message: 'holds no retailer: make <name>/retailer.json in it',
    });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return retailers;
}
