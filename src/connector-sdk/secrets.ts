import type { z } from 'zod';
import type { Json } from '#canonical/json.ts';
import { configFields } from './config-fields.ts';

const mask = '***';
/** Shorter values are words that text may hold by chance; a platform's secrets are longer. Characters. */
const shortestMasked = 4;

/** A config as it may be shown: every secret field that is set reads `***`, the rest is as it was. */
export function maskConfig(schema: z.ZodType, config: unknown): unknown {
  return secretPaths(schema).reduce(
    (masked, path) =>
      replaceAt(masked, path, (value) => (value === null || value === undefined ? value : mask)),
    config,
  );
}

/** The secret texts of a config, as they are and as they travel: URL-encoded, base64, inside JSON, line by line. */
export function secretTexts(schema: z.ZodType, config: unknown): readonly string[] {
  const found: string[] = [];
  for (const path of secretPaths(schema)) {
    replaceAt(config, path, (value) => {
      found.push(...texts(value));
      return value;
    });
  }
  const forms = found.flatMap((text) => [
    text,
    encodeURIComponent(text),
    Buffer.from(text).toString('base64'),
    Buffer.from(text).toString('base64url'),
    JSON.stringify(text).slice(1, -1),
    ...(text.includes('\n')
      ? text.split(/\r?\n/).filter((line) => line.length >= 16 && !line.startsWith('-----'))
      : []),
  ]);
  // Longest first, so that a part is never replaced inside a whole.
  return [...new Set(forms)]
    .filter((text) => text.length >= shortestMasked)
    .sort((a, b) => b.length - a.length);
}

/** Replaces secret texts (see `secretTexts`) wherever they occur in a value, keys included; errors become their message. */
export function maskSecrets(value: unknown, secrets: readonly string[]): Json {
  if (typeof value === 'string')
    return secrets.reduce((text, secret) => text.replaceAll(secret, mask), value);
  if (value instanceof Error)
    return maskSecrets({ name: value.name, message: value.message, stack: value.stack ?? null }, secrets);
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, secrets));
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function')
    return maskSecrets(String(value), secrets);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [maskText(key, secrets), maskSecrets(item, secrets)]),
    );
  }
  return (value ?? null) as Json;
}

const maskText = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((masked, secret) => masked.replaceAll(secret, mask), text);

const secretPaths = (schema: z.ZodType): readonly (readonly string[])[] =>
  configFields(schema)
    .filter((field) => field.secret)
    .map((field) => field.path);

function replaceAt(value: unknown, path: readonly string[], replace: (value: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replace(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return key === '*' ? value.map((item) => replaceAt(item, rest, replace)) : value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      key === '*' || key === name ? replaceAt(item, rest, replace) : item,
    ]),
  );
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}
