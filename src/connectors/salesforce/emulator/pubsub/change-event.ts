import type { Json } from '#canonical/json.ts';
import type { EmulatedRecord } from '../schema.ts';
import type { Author } from '../transaction.ts';
import { type EventSchema, type Slot, slotValue } from './change-schema.ts';

export type ChangeType = 'CREATE' | 'UPDATE' | 'DELETE' | 'UNDELETE';
/** Where in which transaction a change stands. */
export type Commit = {
  readonly author: Author;
  readonly transactionKey: string;
  readonly sequenceNumber: number;
  readonly commitNumber: number;
  readonly atMs: number;
};

type Fields = { readonly [slot: string]: Json };

/** A change as the Avro bytes that subscribers get. Of an update only what changed has a value. */
export function changePayload(
  entity: string,
  schema: EventSchema,
  changeType: ChangeType,
  commit: Commit,
  after: Readonly<EmulatedRecord>,
  before: Readonly<EmulatedRecord> | null,
): Buffer {
  const changed =
    changeType === 'UPDATE' && before !== null
      ? changedParts(schema.slots, before, after)
      : new Map<number, Set<number>>();
  const bitmap = (holds: (slot: Slot, part: number) => boolean): readonly string[] =>
    bitmaps(schema.slots, changed, holds);
  const isNull = (slot: Slot, part: number): boolean => {
    const name = slot.parts[part]?.field.name;
    return name === undefined || (after[name] ?? null) === null;
  };
  const values: Fields = Object.fromEntries(
    schema.slots.map((slot, index) => {
      if (changeType === 'DELETE') return [slot.name, null];
      if (changeType === 'UPDATE' && !changed.has(index)) return [slot.name, null];
      return [slot.name, slotValue(slot, after)];
    }),
  );
  const header = headerOf(entity, [after.Id], changeType, commit, {
    nulledFields: bitmap(isNull),
    diffFields: [],
    changedFields: bitmap(() => true),
  });
  return schema.type.toBuffer({ ChangeEventHeader: header, ...values });
}

/** A gap or overflow event: the header alone. */
export function gapPayload(
  entity: string,
  schema: EventSchema,
  changeType: `GAP_${ChangeType}` | 'GAP_OVERFLOW',
  commit: Commit,
  recordIds: readonly string[],
): Buffer {
  const header = headerOf(entity, recordIds, changeType, commit, {
    nulledFields: [],
    diffFields: [],
    changedFields: [],
  });
  return schema.type.toBuffer({
    ChangeEventHeader: header,
    ...Object.fromEntries(schema.slots.map((slot) => [slot.name, null])),
  });
}

function headerOf(
  entityName: string,
  recordIds: readonly string[],
  changeType: string,
  { author, transactionKey, sequenceNumber, commitNumber, atMs }: Commit,
  bitmapFields: {
    readonly nulledFields: readonly string[];
    readonly diffFields: readonly string[];
    readonly changedFields: readonly string[];
  },
): object {
  return {
    entityName,
    recordIds,
    changeType,
    changeOrigin: `com/salesforce/api/rest/${author.version}.0${author.client === null ? '' : `;client=${author.client}`}`,
    transactionKey,
    sequenceNumber,
    commitTimestamp: atMs,
    commitNumber,
    commitUser: author.userId,
    ...bitmapFields,
  };
}

/** Which parts of which slots differ, by position. */
function changedParts(
  slots: readonly Slot[],
  before: Readonly<EmulatedRecord>,
  after: Readonly<EmulatedRecord>,
): Map<number, Set<number>> {
  const changed = new Map<number, Set<number>>();
  for (const [index, slot] of slots.entries()) {
    const parts = slot.parts.flatMap(({ field }, part) =>
      (before[field.name] ?? null) === (after[field.name] ?? null) ? [] : [part],
    );
    if (parts.length > 0) changed.set(index, new Set(parts));
  }
  return changed;
}

/**
 * Field names as bitmaps: first the fields of the event itself, then `<position>-<bitmap>` for the parts of a compound one. The lowest bit
 * is the first field; the header is field 0.
 */
function bitmaps(
  slots: readonly Slot[],
  changed: ReadonlyMap<number, ReadonlySet<number>>,
  holds: (slot: Slot, part: number) => boolean,
): readonly string[] {
  let whole = 0n;
  const nested: string[] = [];
  for (const [index, parts] of changed) {
    const slot = slots[index];
    const held = slot === undefined ? [] : [...parts].filter((part) => holds(slot, part));
    if (slot === undefined || held.length === 0) continue;
    if (slot.compound)
      nested.push(`${index + 1}-${hex(held.reduce((bits, part) => bits | (1n << BigInt(part)), 0n))}`);
    else whole |= 1n << BigInt(index + 1);
  }
  return [...(whole === 0n && nested.length === 0 ? [] : [hex(whole)]), ...nested];
}

function hex(bits: bigint): string {
  const digits = bits.toString(16).toUpperCase();
  return `0x${digits.length % 2 === 0 ? digits : `0${digits}`}`;
}
