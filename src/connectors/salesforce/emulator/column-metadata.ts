import type { Json } from '#canonical/json.ts';
import type { ObjectDef } from './schema.ts';
import type { Query, SelectItem } from './soql-parser.ts';

/** The answer to `?columns=true`: what each column is, without a row. */
export function columnMetadata({
  query,
  object,
}: {
  readonly query: Query;
  readonly object: ObjectDef;
}): Json {
  const items: readonly SelectItem[] = Array.isArray(query.select)
    ? (query.select as readonly SelectItem[])
    : [];
  let unnamed = 0;
  return {
    columnMetadata: [
      ...items.map(({ expression, alias }) => {
        const isAggregate = expression.kind === 'aggregate';
        const path = expression.path ?? '';
        const name = alias ?? (isAggregate ? `expr${unnamed++}` : path);
        const field = object.fields.get(path.toLowerCase());
        const numeric = isAggregate || field?.type === 'double' || field?.type === 'currency';
        const boolean = field?.type === 'boolean';
        return {
          aggregate: isAggregate,
          apexType: numeric ? 'Double' : boolean ? 'Boolean' : field?.type === 'id' ? 'Id' : 'String',
          booleanType: boolean,
          columnName: name,
          custom: path.endsWith('__c'),
          displayName: name,
          foreignKeyName: field?.to ?? null,
          insertable: field?.create !== false && !isAggregate,
          joinColumns: [],
          numberType: numeric,
          textType: !numeric && !boolean,
          updatable: field?.update !== false && !isAggregate,
        };
      }),
      ...query.children.map((child) => ({
        aggregate: true,
        apexType: null,
        booleanType: false,
        columnName: child.object,
        custom: false,
        displayName: child.object,
        foreignKeyName: null,
        insertable: false,
        joinColumns: [],
        numberType: false,
        textType: false,
        updatable: false,
      })),
    ],
    entityName: object.name,
    groupBy: query.groupBy.length > 0,
    idSelected: items.some(({ expression }) => expression.path?.toLowerCase() === 'id'),
    keyPrefix: object.keyPrefix,
  };
}
