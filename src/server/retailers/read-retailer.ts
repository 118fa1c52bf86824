import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { type ConfigField, configFields } from '#connector-sdk/config-fields.ts';
import type { Connector } from '#connector-sdk/connector.ts';
import { pathText } from '#connector-sdk/mapping.ts';
import type { ConfigurationProblem } from '../config/configuration-error.ts';
import { connectorOf } from '../connectors.ts';
import { readCrosswalks } from './crosswalk-files.ts';
import { literalSecrets } from './literal-secrets.ts';
import { paymentRuleNotes } from './payment-rule-notes.ts';
import { type Resolved, resolveReferences } from './references.ts';
import type { ConfiguredConnection, Retailer } from './retailer.ts';
import { type RetailerFile, retailerSchema } from './retailer-schema.ts';

type Path = readonly (string | number)[];
type Reading = { readonly retailer: Retailer | null; readonly problems: readonly ConfigurationProblem[] };
type Note = { readonly path: Path; readonly message: string };

/** Reads one retailer's folder. Never throws for what stands in it: every problem is named by file and path, and values stay out. */
export function readRetailer(folder: string, variable: (name: string) => string | undefined): Reading {
  const file = join(folder, 'retailer.json');
  const raw = parsed(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  if (!raw.ok) return { retailer: null, problems: [{ file, path: '$', message: raw.message }] };

  const known = platformsOf(raw.value);
  const fields = fieldsOf(known);
  const everything = resolveReferences(raw.value, variable, (path) => fieldAt(fields, path)?.type ?? null);
  const disabled = disabledIn(everything.value);
  const resolved = withoutConnections(everything, disabled);
  const platforms = new Map([...known].filter(([id]) => !disabled.has(id)));
  const skeleton = retailerSchema.safeParse(resolved.value);
  const notes: Note[] = [
    ...literalSecrets(
      raw.value,
      fields.filter(({ secret }) => secret),
    ),
    ...resolved.problems,
    // A key that is missing because its variable is not set was named already.
    ...without(resolved.problems, skeleton.error?.issues.map(noteOf) ?? []),
  ];
  const connections: ConfiguredConnection[] = [];
  for (const [id, connector] of platforms) {
    const prefix = ['connections', id, 'config'];
    const config = connector.config.safeParse(at(resolved.value, prefix)) as z.ZodSafeParseResult<
      Record<string, unknown>
    >;
    const issues = config.error?.issues.map(noteOf) ?? [];
    notes.push(
      ...without(
        resolved.problems,
        issues.map((note) => ({ ...note, path: [...prefix, ...note.path] })),
      ),
    );
    const own = skeleton.data?.connections[id];
    if (own === undefined || !config.success) continue;
    const { allowPrivateAddresses, trustedCertificates = null } = own;
    connections.push({ id, connector, config: config.data, allowPrivateAddresses, trustedCertificates });
  }
  notes.push(...(skeleton.success ? roleProblems(skeleton.data, platforms, disabled) : []));
  notes.push(...(skeleton.success ? paymentRuleNotes(skeleton.data, platforms) : []));

  const crosswalks = readCrosswalks(folder, Object.keys(asRecord(at(raw.value, ['connections']))));
  const problems = [
    ...notes.map(({ path, message }) => ({ file, path: pathText(path), message })),
    ...crosswalks.problems,
  ];
  if (!skeleton.success || problems.length > 0) return { retailer: null, problems };
  const { tenant, name, alerts } = skeleton.data;
  const rules = {
    'order-to-cash': orderRules(skeleton.data, platforms),
    'customer-identity': {
      ...skeleton.data.rules['customer-identity'],
      identify: [...platforms]
        .filter(([id, { commands }]) => !disabled.has(id) && 'customer.identify' in commands)
        .map(([id]) => id),
    },
  };
  return {
    retailer: {
      tenant,
      name,
      folder,
      connections,
      rules,
      alerts,
      crosswalks: crosswalks.rows.filter(({ connection }) => !disabled.has(connection)),
    },
    problems,
  };
}

const disabledIn = (tree: unknown): ReadonlySet<string> =>
  new Set(
    Object.entries(asRecord(at(tree, ['connections'])))
      .filter(([, connection]) => asRecord(connection)['enabled'] === false)
      .map(([id]) => id),
  );

/** The same without those connections, and without what is wrong in them: nobody opens them. */
function withoutConnections({ value, problems }: Resolved, ids: ReadonlySet<string>): Resolved {
  const kept = Object.entries(asRecord(at(value, ['connections']))).filter(([id]) => !ids.has(id));
  return {
    value: ids.size === 0 ? value : { ...asRecord(value), connections: Object.fromEntries(kept) },
    problems: problems.filter(({ path }) => path[0] !== 'connections' || !ids.has(String(path[1]))),
  };
}

function orderRules(
  { rules, roles }: RetailerFile,
  platforms: ReadonlyMap<string, Connector>,
): Retailer['rules']['order-to-cash'] {
  const { storefronts, erp, crm } = roles;
  const sources = storefronts.length === 0 ? null : storefronts;
  const can = Object.fromEntries([...platforms].map(([id, { commands }]) => [id, Object.keys(commands)]));
  return { ...rules['order-to-cash'], erp, crm, sources, can };
}

/** The parser's own words would quote the file, which may hold a secret where none belongs. */
function parsed(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    const where = /line \d+ column \d+/.exec((error as Error).message)?.[0];
    return { ok: false, message: where === undefined ? 'is not JSON' : `is not JSON, ${where}` };
  }
}

/** The connections whose platform is known, so that their settings can be checked whatever else is wrong. */
function platformsOf(raw: unknown): ReadonlyMap<string, Connector> {
  const connections = Object.entries(asRecord(at(raw, ['connections'])));
  return new Map(
    connections.flatMap(([id, connection]): [string, Connector][] => {
      const name = asRecord(connection)['connector'];
      const connector = typeof name === 'string' ? connectorOf(name) : null;
      return connector === null ? [] : [[id, connector]];
    }),
  );
}

/** Every field of this retailer's file: its own and those of its connections' settings. */
function fieldsOf(platforms: ReadonlyMap<string, Connector>): readonly ConfigField[] {
  return [
    ...configFields(retailerSchema),
    ...[...platforms].flatMap(([id, connector]) =>
      configFields(connector.config).map((field) => ({
        ...field,
        path: ['connections', id, 'config', ...field.path],
      })),
    ),
  ];
}

const fieldAt = (fields: readonly ConfigField[], path: Path): ConfigField | undefined =>
  fields.find(
    (field) =>
      field.path.length === path.length &&
      field.path.every((key, index) => key === '*' || key === String(path[index])),
  );

function roleProblems(
  { roles, connections }: RetailerFile,
  platforms: ReadonlyMap<string, Connector>,
  disabled: ReadonlySet<string>,
): readonly Note[] {
  const named = [
    ...roles.storefronts.map((id, index) => ({
      id,
      role: 'storefront' as const,
      path: ['roles', 'storefronts', index],
    })),
    { id: roles.erp, role: 'erp' as const, path: ['roles', 'erp'] },
    { id: roles.crm, role: 'crm' as const, path: ['roles', 'crm'] },
  ];
  return named.flatMap(({ id, role, path }): Note[] => {
    if (id === null) return [];
    if (disabled.has(id)) return [{ path, message: `the connection "${id}" is not enabled` }];
    if (connections[id] === undefined) return [{ path, message: `there is no connection "${id}"` }];
    const connector = platforms.get(id);
    if (connector === undefined || connector.roles.includes(role)) return [];
    return [{ path, message: `${connector.title} cannot be the ${role}` }];
  });
}

const noteOf = ({ path, message }: z.core.$ZodIssue): Note => ({
  path: path as (string | number)[],
  message,
});

const without = (named: readonly Note[], notes: readonly Note[]): readonly Note[] =>
  notes.filter(({ path }) => !named.some((known) => known.path.every((key, index) => key === path[index])));

const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => asRecord(inner)[key], value);
