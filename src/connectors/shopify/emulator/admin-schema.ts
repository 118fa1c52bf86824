import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type * as Graphql from 'graphql';

/** Shopify's own schema, with the library that runs it. */
export type AdminSchema = { readonly graphql: typeof Graphql; readonly schema: Graphql.GraphQLSchema };

const loaded = new Map<string, Promise<AdminSchema>>();

/**
 * The Admin API's schema as Shopify publishes it in `@shopify/dev-mcp` (a development dependency, as is graphql: loaded on first use, about
 * 0.3 s). An operation that Shopify would refuse is refused by the emulator for the same reason.
 */
export function adminSchema(version = '2026-10'): Promise<AdminSchema> {
  const known = loaded.get(version) ?? load(version);
  loaded.set(version, known);
  return known;
}

async function load(version: string): Promise<AdminSchema> {
  const graphql = await import('graphql');
  const manifest = findPackageJSON('@shopify/dev-mcp', import.meta.url);
  if (manifest === undefined)
    throw new Error('@shopify/dev-mcp is not installed: the emulated Shopify needs its schema');
  const file = new URL(`dist/data/admin_${version}.json.gz`, pathToFileURL(manifest));
  const text = (await promisify(gunzip)(await readFile(file))).toString('utf8');
  const introspection = JSON.parse(text) as {
    data?: Graphql.IntrospectionQuery;
  } & Graphql.IntrospectionQuery;
  return {
    graphql,
    schema: graphql.buildClientSchema(introspection.data ?? introspection, { assumeValid: true }),
  };
}
