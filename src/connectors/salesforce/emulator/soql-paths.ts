import type { Json } from '#canonical/json.ts';
import { computed } from './object-rules.ts';
import type { OrgOptions } from './org-options.ts';
import { PlatformFault } from './platform-fault.ts';
import type { RecordStore } from './record-store.ts';
import {
  type EmulatedRecord,
  type FieldDef,
  fieldNamed,
  type ObjectDef,
  relationshipNamed,
} from './schema.ts';

/** A field of the object or, through lookups, of a parent. */
export type FieldPath = {
  readonly lookups: readonly FieldDef[];
  readonly object: ObjectDef;
  readonly field: FieldDef;
};

/** What `Account.Owner.Name` leads to. @throws PlatformFault INVALID_FIELD */
export function fieldPath(store: RecordStore, object: ObjectDef, name: string): FieldPath {
  const parts = name.split('.');
  const lookups: FieldDef[] = [];
  let current = object;
  for (const part of parts.slice(0, -1)) {
    const lookup = relationshipNamed(current, part);
    const next = lookup === undefined ? undefined : store.object(lookup.to ?? '');
    if (lookup === undefined || next === undefined)
      throw new PlatformFault('INVALID_FIELD', `Didn't understand relationship '${part}' in field path.`);
    lookups.push(lookup);
    current = next;
  }
  const field = fieldNamed(current, parts.at(-1) ?? '');
  if (field === undefined)
    throw new PlatformFault('INVALID_FIELD', `No such column '${parts.at(-1)}' on entity '${current.name}'.`);
  return { lookups, object: current, field };
}

/** The value at the end of a path; null where a parent on the way is missing. */
export function valueAt(
  store: RecordStore,
  options: OrgOptions,
  { lookups, object, field }: FieldPath,
  record: EmulatedRecord,
): Json {
  let current: EmulatedRecord | undefined = record;
  for (const lookup of lookups) {
    const id: Json = current?.[lookup.name] ?? null;
    current = typeof id === 'string' ? store.get(lookup.to ?? '', id) : undefined;
  }
  if (current === undefined) return null;
  return computed(store, options, object.name, field.name, current) ?? current[field.name] ?? null;
}
