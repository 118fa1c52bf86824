import { normalId } from './record-ids.ts';
import type { RecordStore } from './record-store.ts';
import type { EmulatedRecord, ObjectDef } from './schema.ts';
import type { Condition, Expression } from './soql-parser.ts';
import { fieldPath } from './soql-paths.ts';

/** Fewer records that may hold the condition, by an index; null when none serves. */
export function candidates(
  store: RecordStore,
  object: ObjectDef,
  condition: Condition,
): readonly EmulatedRecord[] | null {
  if (condition.kind === 'and') {
    for (const part of condition.all) {
      const found = candidates(store, object, part);
      if (found !== null) return found;
    }
    return null;
  }
  if (condition.kind === 'compare')
    return condition.operator === '=' && typeof condition.value === 'string'
      ? byIndex(store, object, condition.left, [condition.value])
      : null;
  if (condition.kind !== 'in' || condition.not || 'object' in condition.values) return null;
  const texts = condition.values.filter((value) => typeof value === 'string');
  return texts.length === condition.values.length ? byIndex(store, object, condition.left, texts) : null;
}

function byIndex(
  store: RecordStore,
  object: ObjectDef,
  expression: Expression,
  values: readonly string[],
): readonly EmulatedRecord[] | null {
  if (expression.kind === 'aggregate') return null;
  const { lookups, object: target, field } = fieldPath(store, object, expression.path);
  const id = (value: string) => normalId(value) ?? value;
  const direct = (on: ObjectDef): readonly EmulatedRecord[] | null => {
    if (field.type === 'id')
      return [...new Set(values.map(id))].flatMap((value) => store.get(on.name, value) ?? []);
    if (!store.isIndexed(on.name, field.name)) return null;
    const by = (value: string) =>
      store.by(on.name, field.name, field.type === 'reference' ? id(value) : value);
    return [...new Set(values.flatMap(by))];
  };
  const [lookup] = lookups;
  if (lookup === undefined) return direct(object);
  if (lookups.length > 1) return null;
  return direct(target)?.flatMap((parent) => store.by(object.name, lookup.name, parent.Id)) ?? null;
}
