import { z } from 'zod';
import type { Json } from '#canonical/json.ts';
import { pathText } from '#connector-sdk/mapping.ts';

/** One error as Salesforce states it, whichever of its shapes it came in. */
export type PlatformError = {
  readonly code: string;
  readonly message: string;
  readonly fields: readonly string[];
};

const fields = z
  .array(z.string())
  .nullish()
  .transform((names) => names ?? []);
/** REST: `errorCode`; records of collections: `statusCode`; OAuth: `error`. */
const restError = z
  .object({ errorCode: z.string(), message: z.string(), fields })
  .transform(({ errorCode, ...rest }) => ({ code: errorCode, ...rest }));
const recordError = z
  .object({ statusCode: z.string(), message: z.string(), fields })
  .transform(({ statusCode, ...rest }) => ({ code: statusCode, ...rest }));
const oauthError = z
  .object({ error: z.string(), error_description: z.string().nullish() })
  .transform((error): PlatformError => ({
    code: error.error,
    message: error.error_description ?? error.error,
    fields: [],
  }));

export const recordErrorSchema = z.union([recordError, restError]);
const errorBody = z.union([
  z.array(restError).min(1),
  recordErrorSchema.transform((error) => [error]),
  oauthError.transform((error) => [error]),
]);

/** The errors of an error body; null when it is none of Salesforce's shapes (a proxy's page, a cut body). */
export function readErrorBody(body: Json): readonly PlatformError[] | null {
  const read = errorBody.safeParse(body);
  return read.success ? read.data : null;
}

/** Where a body first departs from the shape expected. */
export const unreadable = (error: z.ZodError): string =>
  `unreadable answer: ${error.issues
    .slice(0, 3)
    .map((issue) => `${pathText(issue.path)}: ${issue.message}`)
    .join('; ')}`;
