import { z } from 'zod';
import type { Json } from '#canonical/json.ts';
import { jsonSchema } from '#canonical/primitives.ts';
import { type Effect, failed, got, type Reply, withoutAnswer } from './failure.ts';
import { failureOfStatus } from './http-answer.ts';
import { outcomeOfError } from './outcome-of-error.ts';
import { recordErrorSchema, unreadable } from './platform-error.ts';

/** What became of one record that was written. `created` is known for upserts only. */
export type SaveResult = { readonly id: string; readonly created: boolean | null };

const saveResult = z.object({
  id: z.string().nullish(),
  success: z.boolean(),
  errors: z.array(recordErrorSchema),
  created: z.boolean().optional(),
});

/** The answer of a create or an upsert. An upsert below API 46 answers 204 without a body, which names no record. */
export function readSaveResult(json: Json, externalIdFields: readonly string[]): Reply<SaveResult | null> {
  if (json === null) return got(null);
  const read = saveResult.safeParse(json);
  if (!read.success) return failed(withoutAnswer('write', unreadable(read.error)));
  const { id, success, errors, created } = read.data;
  const error = errors[0];
  if (error !== undefined) return failed(outcomeOfError(error, 'write', externalIdFields));
  if (!success || typeof id !== 'string')
    return failed(withoutAnswer('write', 'neither a success nor an error: $.success'));
  return got({ id, created: created ?? null });
}

/** The records of an sObject Collections answer, in the order sent. One that failed makes the whole a failure, whatever the status said. */
export function readCollection(
  json: Json,
  sent: number,
  externalIdFields: readonly string[],
): Reply<readonly SaveResult[]> {
  if (!Array.isArray(json) || json.length !== sent) {
    return failed(withoutAnswer('write', `unreadable answer: $: expected ${sent} records`));
  }
  const results: SaveResult[] = [];
  const failures = [];
  for (const record of json) {
    const result = readSaveResult(record, externalIdFields);
    if (!result.ok) failures.push({ failure: result.failure, halted: isHaltedRecord(record) });
    else if (result.value === null)
      return failed(withoutAnswer('write', 'unreadable answer: a record without a result'));
    else results.push(result.value);
  }
  // The record at fault, not those that were rolled back because of it.
  const cause = failures.find((failure) => !failure.halted) ?? failures[0];
  return cause === undefined ? got(results) : failed(cause.failure);
}

/** A part of a composite request, as it is read back. */
export type PartSent = { readonly referenceId: string; readonly records: number | null };

const compositeAnswer = z.object({
  compositeResponse: z.array(
    z.object({ body: jsonSchema, httpStatusCode: z.int(), referenceId: z.string() }),
  ),
});

/**
 * The bodies of a composite answer by reference id. Composite answers HTTP 200 also when every part failed, so each part's own
 * status counts, and within a collection each record's.
 */
export function readComposite(
  json: Json,
  sent: readonly PartSent[],
  effect: Effect,
  externalIdFields: readonly string[],
): Reply<ReadonlyMap<string, Json>> {
  const read = compositeAnswer.safeParse(json);
  if (!read.success) return failed(withoutAnswer(effect, unreadable(read.error)));
  const parts = new Map(read.data.compositeResponse.map((part) => [part.referenceId, part]));
  const missing = sent.find((part) => !parts.has(part.referenceId));
  if (missing !== undefined)
    return failed(
      withoutAnswer(effect, `unreadable answer: compositeResponse has no part "${missing.referenceId}"`),
    );
  const failures = [];
  for (const { referenceId, records } of sent) {
    const part = parts.get(referenceId);
    if (part === undefined) continue;
    if (part.httpStatusCode < 200 || part.httpStatusCode >= 300) {
      failures.push({
        failure: failureOfStatus(part.httpStatusCode, part.body, effect, externalIdFields),
        halted: isHalted(part.body),
      });
    } else if (records !== null) {
      const collection = readCollection(part.body, records, externalIdFields);
      if (!collection.ok) failures.push({ failure: collection.failure, halted: isHalted(part.body) });
    }
  }
  const cause = failures.find((failure) => !failure.halted) ?? failures[0];
  if (cause !== undefined) return failed(cause.failure);
  return got(new Map([...parts].map(([referenceId, part]) => [referenceId, part.body])));
}

const haltCodes = ['PROCESSING_HALTED', 'ALL_OR_NONE_OPERATION_ROLLED_BACK'];
const haltedError = z.union([
  z.object({ errorCode: z.enum(haltCodes) }),
  z.object({ statusCode: z.enum(haltCodes) }),
]);
const haltedRecord = z.object({ errors: z.array(haltedError).min(1) });
const isHaltedRecord = (json: Json): boolean => haltedRecord.safeParse(json).success;
const isHalted = (json: Json): boolean =>
  z.union([z.array(haltedError).min(1), z.array(haltedRecord).min(1)]).safeParse(json).success;
