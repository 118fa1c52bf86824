import { z } from 'zod';
import { configFields, type ConfigField } from '#connector-sdk/config-fields.ts';
import { type ConfigurationProblem, ConfigurationError } from './configuration-error.ts';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const count = (least: number, most: number) => z.coerce.number<string>().int().min(least).max(most);

/** Every variable that the server reads by itself. A retailer's data may refer to further ones, see retailers/. */
export const environmentSchema = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' })
    .optional()
    .meta({ secret: true })
    .describe(
      'PostgreSQL 15 or newer, as a role that is no superuser and has no BYPASSRLS. Without it an embedded PostgreSQL is started: for trying and developing',
    ),
  TALLYPORT_MASTER_KEY: z
    .string()
    .refine(isMasterKey, 'must be 32 random bytes in base64: openssl rand -base64 32')
    .optional()
    .meta({ secret: true })
    .describe(
      'seals message bodies and credentials; 32 bytes in base64. Required with DATABASE_URL; with the embedded database one is made and kept in the data folder',
    ),
  TALLYPORT_DATA_DIR: z
    .string()
    .default('.data')
    .describe('folder of the embedded database and its master key; unused with DATABASE_URL'),
  TALLYPORT_RETAILERS_DIR: z.string().default('retailers').describe('holds one folder a retailer'),
  TALLYPORT_RETAILERS: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .optional()
    .describe('names of the folders to run, separated by commas; all when it is not set'),
  HOST: z.string().default('127.0.0.1').describe('address to listen on; 0.0.0.0 in a container'),
  PORT: count(0, 65_535).default(8080).describe('port to listen on; 0 takes a free one'),
  TALLYPORT_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe('where platforms reach the gateway; without it webhook subscriptions are left as they are'),
  TALLYPORT_NODE: z
    .string()
    .optional()
    .describe("this process's name in the journal; by itself host name and process id"),
  LOG_LEVEL: z.enum(logLevels).default('info').describe('least level that is logged'),
  LOG_FORMAT: z
    .enum(['json', 'pretty'])
    .default('json')
    .describe('one JSON object a line, or text for people'),
  TALLYPORT_DATABASE_CONNECTIONS: count(2, 100)
    .default(8)
    .describe('connections of worker and scheduler; the gateway has 3 of its own, and one listens'),
  TALLYPORT_MAX_LANES: count(1, 10_000).default(160).describe('lanes that one worker holds in memory'),
  TALLYPORT_LEASE_MS: count(1_000, 600_000)
    .default(5_000)
    .describe('how long a worker that is gone keeps its lanes; longer than a pause of garbage collection'),
  TALLYPORT_BODY_LIMIT_BYTES: count(1_024, 256 * 1024 * 1024)
    .default(5 * 1024 * 1024)
    .describe('larger webhooks are answered 413'),
  TALLYPORT_MAX_REQUESTS: count(1, 100_000)
    .default(2_000)
    .describe('webhooks that one process takes at the same time; more are answered 503 and come again'),
  TALLYPORT_RETENTION_DAYS: count(1, 36_500)
    .default(400)
    .describe('how long messages, events and finished commands are kept; whole months are dropped'),
  TALLYPORT_POLL_INTERVAL_SCALE: z.coerce
    .number<string>()
    .positive()
    .max(100)
    .default(1)
    .describe("scales pollers' intervals; the sandbox lives faster"),
});
export type Settings = Readonly<z.output<typeof environmentSchema>>;

/** The process's environment, read once. */
export type Environment = {
  readonly settings: Settings;
  /** Names beginning with TALLYPORT_ that mean nothing here: perhaps misspelt. */
  readonly unknown: readonly string[];
  /** A variable that a retailer's data refers to; one that is set to nothing counts as not set. */
  variable(name: string): string | undefined;
};

/** @throws ConfigurationError that names every variable that is wrong. */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const set = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = environmentSchema.safeParse(set);
  const problems: ConfigurationProblem[] = (result.error?.issues ?? []).map(({ path, message }) => ({
    file: 'environment',
    path: path.join('.'),
    message,
  }));
  if (set['DATABASE_URL'] !== undefined && set['TALLYPORT_MASTER_KEY'] === undefined)
    problems.push({
      file: 'environment',
      path: 'TALLYPORT_MASTER_KEY',
      message:
        'is required with DATABASE_URL: make one with "openssl rand -base64 32" and keep it apart from backups',
    });
  if (!result.success || problems.length > 0) throw new ConfigurationError(problems);
  return Object.freeze({
    settings: Object.freeze(result.data),
    unknown: Object.keys(set).filter(
      (name) => /^TALLYPORT_(?!TEST_|SANDBOX_)/.test(name) && !(name in environmentSchema.shape),
    ),
    variable: (name) => set[name],
  });
}

/** Every variable with its meaning, for the reference. */
export const environmentFields = (): readonly ConfigField[] => configFields(environmentSchema);

function isMasterKey(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text);
}
