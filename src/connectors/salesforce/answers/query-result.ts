import { z } from 'zod';
import type { Json, JsonObject } from '#canonical/json.ts';
import { jsonSchema } from '#canonical/primitives.ts';
import { failed, got, type Reply, withoutAnswer } from './failure.ts';
import { unreadable } from './platform-error.ts';

/** One page of a query; `next` is the path of the following one. */
export type QueryPage = { readonly records: readonly JsonObject[]; readonly next: string | null };

const page = z
  .object({
    totalSize: z.int().nonnegative(),
    done: z.boolean(),
    nextRecordsUrl: z.string().startsWith('/').optional(),
    records: z.array(z.record(z.string(), jsonSchema)),
  })
  .refine((value) => value.done || value.nextRecordsUrl !== undefined, {
    path: ['nextRecordsUrl'],
    message: 'missing although done is false',
  });

/** The answer of a query, never a silent empty: what is no query result is unreadable. */
export function readQueryPage(json: Json): Reply<QueryPage> {
  const read = page.safeParse(json);
  if (!read.success) return failed(withoutAnswer('read', unreadable(read.error)));
  return got({
    records: read.data.records,
    next: read.data.done ? null : (read.data.nextRecordsUrl ?? null),
  });
}

/** A text field of a record, also through a relationship: `textAt(record, 'Account.Ext__c')`. Null when absent or empty. */
export function textAt(record: JsonObject, path: string): string | null {
  let value: Json | undefined = record;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    value = (value as JsonObject)[name];
  }
  return typeof value === 'string' && value !== '' ? value : null;
}
