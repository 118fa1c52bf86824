import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type CommandName, commandPayloads } from '#canonical/command.ts';
import type { CanonicalEvent } from '#canonical/event.ts';
import type { Subject } from '#canonical/identity.ts';
import type { Json } from '#canonical/json.ts';
import type { RenderSnapshot } from '#connector-sdk/crosswalk-context.ts';
import { parseJsonLossless } from '#connector-sdk/json-lossless.ts';
import { crosswalkTables, type InboundMessage } from '#connector-sdk/mapping.ts';

/*
 * A connector keeps its fixtures as JSON, one file a case, named after what the case shows:
 *
 *   fixtures/inbound/<anything>.json    { "given": { "topic", "body", "connection"?, "occurredAt"? },
 *                                         "then":  { "subject", "events" } or { "unmappable": ["line_items[0].price"] } }
 *   fixtures/commands/<anything>.json   { "given": { "command", "payload", "connection"?, "crosswalks"?, "links"?, "config"? },
 *                                         "then":  { "request", "conflictKeys"? } or { "unmappable": ["order.lines[0].sku"] } }
 *
 * `crosswalks` holds the rows of the connection: { "item": { "SKU-1": "42" } }. Wherever a value stands,
 * { "$file": "../orders/two-lines.json" } stands for that file's content; next to it, "$set": { "order.note": null } changes
 * values at dotted paths, so that a case shows only what is special in it. "$bodyHash" in `then` stands for the hash of the
 * body. Numbers beyond 2^53 are kept as text, as intake does.
 */

/** `unmappable` lists the paths of the problems, in any order. */
export type Refused = { readonly unmappable: readonly string[] };
export type InboundFixture = {
  readonly name: string;
  readonly message: InboundMessage;
  readonly then: { readonly subject: Subject; readonly events: readonly CanonicalEvent[] } | Refused;
};
export type CommandFixture<N extends CommandName = CommandName> = {
  readonly name: string;
  readonly command: N;
  readonly payload: Json;
  readonly snapshot: RenderSnapshot;
  readonly then: { readonly request: Json; readonly conflictKeys: readonly string[] | null } | Refused;
};

const refused = z.strictObject({ unmappable: z.array(z.string().min(1)).min(1) });
const json = z.json() as z.ZodType<Json>;
const note = z.string().optional().describe('what the case shows, where the file name does not say it');
const inboundFile = z.strictObject({
  note,
  given: z.strictObject({
    topic: z.string(),
    body: json,
    connection: z.string().default('test'),
    occurredAt: z.iso.datetime({ precision: 3 }).default('2026-11-24T12:00:00.000Z'),
  }),
  then: z.union([z.strictObject({ subject: json, events: z.array(json) }), refused]),
});
const commandFile = z.strictObject({
  note,
  given: z.strictObject({
    command: z.enum(Object.keys(commandPayloads) as [CommandName, ...CommandName[]]),
    payload: json,
    connection: z.string().default('test'),
    crosswalks: z.partialRecord(z.enum(crosswalkTables), z.record(z.string(), z.string())).default({}),
    links: z.record(z.string(), z.string()).default({}),
    config: z.record(z.string(), json).default({}),
  }),
  then: z.union([
    z.strictObject({ request: json, conflictKeys: z.array(z.string()).nullable().default(null) }),
    refused,
  ]),
});

/** The cases under `fixtures/inbound`. `folder` is the connector's fixtures folder. @throws Error naming the file that is wrong. */
export function loadInboundFixtures(folder: URL): readonly InboundFixture[] {
  return jsonFiles(folder, 'inbound').map(({ name, content }) => {
    const { given, then } = checked(inboundFile, name, content);
    const bodyHash = createHash('sha256').update(JSON.stringify(given.body)).digest('hex');
    const claimed = JSON.parse(
      JSON.stringify(then).replaceAll('"$bodyHash"', JSON.stringify(bodyHash)),
    ) as unknown;
    // What `then` claims is checked against the mapping's own result, which is typed.
    return { name, message: { ...given, bodyHash }, then: claimed as InboundFixture['then'] };
  });
}

/** The cases under `fixtures/commands`. @throws Error naming the file that is wrong. */
export function loadCommandFixtures(folder: URL): readonly CommandFixture[] {
  return jsonFiles(folder, 'commands').map(({ name, content }) => {
    const { given, then } = checked(commandFile, name, content);
    const payload = commandPayloads[given.command].safeParse(given.payload);
    if (!payload.success)
      throw new Error(`${name}: given.payload is no ${given.command}: ${z.prettifyError(payload.error)}`);
    const { connection, links, config } = given;
    return {
      name,
      command: given.command,
      payload: given.payload,
      snapshot: { connection, links, config, crosswalks: { [connection]: given.crosswalks } },
      then,
    };
  });
}

function checked<T>(schema: z.ZodType<T>, name: string, content: Json): T {
  const result = schema.safeParse(content);
  if (!result.success) throw new Error(`${name} is no fixture: ${z.prettifyError(result.error)}`);
  return result.data;
}

function jsonFiles(folder: URL, kind: string): { readonly name: string; readonly content: Json }[] {
  const root = join(fileURLToPath(folder), kind);
  if (!existsSync(root)) return [];
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort();
  return files.map((file) => ({
    name: join(kind, file).replace(/\.json$/, ''),
    content: readJson(join(root, file), fileURLToPath(folder)),
  }));
}

function readJson(file: string, root: string): Json {
  try {
    return included(parseJsonLossless(readFileSync(file, 'utf8')), file, root);
  } catch (error) {
    throw new Error(`${relative(root, file)}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Puts files in the place of `$file`. */
function included(value: Json, file: string, root: string): Json {
  if (Array.isArray(value)) return value.map((item: Json) => included(item, file, root));
  if (typeof value !== 'object' || value === null) return value;
  const { $file, $set, ...rest } = value as { readonly [key: string]: Json };
  if (typeof $file !== 'string')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, included(item, file, root)]));
  if (Object.keys(rest).length > 0) throw new Error('beside "$file" only "$set" may stand');
  const content = readJson(join(dirname(file), $file), root);
  return Object.entries(($set ?? {}) as { readonly [path: string]: Json }).reduce<Json>(
    (changed, [path, replacement]) =>
      withValueAt(changed, path.split('.'), included(replacement, file, root)),
    content,
  );
}

function withValueAt(value: Json, path: readonly string[], replacement: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  if (Array.isArray(value)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index > value.length)
      throw new Error(`"$set": no place "${key}" in a list of ${value.length}`);
    return Object.assign([...(value as Json[])], {
      [index]: withValueAt((value[index] ?? null) as Json, rest, replacement),
    });
  }
  if (typeof value !== 'object' || value === null) throw new Error(`"$set": nothing to change at "${key}"`);
  const object = value as { readonly [key: string]: Json };
  if (rest.length > 0 && !Object.hasOwn(object, key)) throw new Error(`"$set": no field "${key}"`);
  return { ...object, [key]: withValueAt(object[key] ?? null, rest, replacement) };
}
