import { z } from 'zod';
import type { JsonObject } from '#canonical/json.ts';
import { jsonSchema } from '#canonical/primitives.ts';
import type { Call } from '#connector-sdk/connector.ts';
import type { Failure, Reply } from '../answers/failure.ts';
import type { SalesforceClient } from '../client.ts';
import { soqlText } from '../soql.ts';

export const describedObjects = ['Account', 'Contact', 'Product2', 'Order', 'OrderItem'] as const;
export type DescribedObject = (typeof describedObjects)[number];

/** A describe result. */
export const describeSchema = z.object({
  name: z.string(),
  createable: z.boolean(),
  updateable: z.boolean(),
  fields: z.array(
    z.object({
      name: z.string(),
      createable: z.boolean().default(true),
      updateable: z.boolean(),
      externalId: z.boolean().default(false),
      unique: z.boolean().default(false),
      length: z.int().default(0),
      picklistValues: z.array(z.object({ value: z.string(), active: z.boolean().default(true) })).default([]),
    }),
  ),
  recordTypeInfos: z
    .array(z.object({ recordTypeId: z.string(), available: z.boolean().default(true) }))
    .default([]),
});
/** What an object can do, as far as we look at it. */
export type Description = z.infer<typeof describeSchema>;

/** A fact, or why it is not known. */
export type Fact<T> =
  { readonly known: true; readonly value: T } | { readonly known: false; readonly failure: Failure };

/** All that the checks look at, read once. */
export type OrgFacts = {
  readonly versions: Fact<readonly string[]>;
  readonly dailyCalls: Fact<{ readonly max: number; readonly remaining: number }>;
  readonly objects: ReadonlyMap<DescribedObject, Fact<Description>>;
  readonly standardPriceBook: Fact<readonly JsonObject[]>;
  /** Null = the standard one is used. */
  readonly ownPriceBook: Fact<readonly JsonObject[]> | null;
  readonly duplicateRules: Fact<readonly JsonObject[]>;
  readonly permissions: Fact<readonly JsonObject[]>;
};

/** `GET /services/data`. */
export const versionsSchema = z
  .array(z.object({ version: z.string() }))
  .transform((list) => list.map(({ version }) => version));
/** `GET /limits`: the daily calls of it. */
export const limitsSchema = z
  .object({ DailyApiRequests: z.object({ Max: z.number(), Remaining: z.number() }) })
  .transform(({ DailyApiRequests }) => ({
    max: DailyApiRequests.Max,
    remaining: DailyApiRequests.Remaining,
  }));

/** Reads the facts one after another; what cannot be read is a fact too. */
export async function readOrgFacts(client: SalesforceClient, call: Call): Promise<OrgFacts> {
  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<Fact<T>> =>
    asFact(await client.ask({ method: 'GET', path, effect: 'read' }, call), schema);
  const query = async (soql: string): Promise<Fact<readonly JsonObject[]>> =>
    asFact(await client.query(soql, call), z.array(z.record(z.string(), jsonSchema)));
  const objects = new Map<DescribedObject, Fact<Description>>();
  for (const object of describedObjects)
    objects.set(object, await get(`/sobjects/${object}/describe`, describeSchema));
  const { priceBookId } = client.config.org;
  return {
    versions: asFact(await client.versions(call), versionsSchema),
    dailyCalls: await get('/limits', limitsSchema),
    objects,
    standardPriceBook: await query('SELECT Id, IsActive FROM Pricebook2 WHERE IsStandard = true'),
    ownPriceBook:
      priceBookId === null
        ? null
        : await query(`SELECT Id, IsActive FROM Pricebook2 WHERE Id = ${soqlText(priceBookId)}`),
    duplicateRules: await query(
      "SELECT DeveloperName, SobjectType FROM DuplicateRule WHERE IsActive = true AND SobjectType IN ('Account','Contact')",
    ),
    permissions: await query(
      'SELECT PermissionsApiEnabled, PermissionsActivateOrder FROM UserPermissionAccess LIMIT 1',
    ),
  };
}

/** A reply in the shape expected, or why not. */
export function asFact<T>(reply: Reply<unknown>, schema: z.ZodType<T>): Fact<T> {
  if (!reply.ok) return { known: false, failure: reply.failure };
  const parsed = schema.safeParse(reply.value);
  if (parsed.success) return { known: true, value: parsed.data };
  return { known: false, failure: { kind: 'unavailable', retryAfterMs: null, detail: 'unreadable answer' } };
}
