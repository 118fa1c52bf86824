import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import type { AdminSchema } from './admin-schema.ts';

type Variables = Readonly<Record<string, unknown>>;

/**
 * What a document asks for, before it runs: scalars 0, objects 1, unions their dearest member, connections 2 + size x node, mutations 10. (K) how
 * connections and lists count exactly; Shopify documents the rest.
 */
export function requestedCost(
  { graphql, schema }: AdminSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  variables: Variables,
): number {
  const root = operation.operation === 'mutation' ? schema.getMutationType() : schema.getQueryType();
  const base = operation.operation === 'mutation' ? 10 : 0;
  const costOf = (selections: SelectionSetNode, typeName: string, times: number): number => {
    let own = 0;
    let dearest = 0;
    for (const selection of selections.selections) {
      if (selection.kind === graphql.Kind.FIELD) own += fieldCost(selection, typeName, times);
      else {
        const fragment =
          selection.kind === graphql.Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        const on = fragment?.typeCondition?.name.value ?? typeName;
        if (fragment) dearest = Math.max(dearest, costOf(fragment.selectionSet, on, times));
      }
    }
    return own + dearest;
  };
  const fieldCost = (field: FieldNode, typeName: string, times: number): number => {
    const type = fieldTypeName(schema, typeName, field.name.value, graphql);
    if (!field.selectionSet || type === null) return 0;
    if (field.name.value === 'pageInfo') return 0;
    if (typeName.endsWith('Connection')) return times * (1 + costOf(field.selectionSet, type, 1));
    const size = sizeOf(field, variables);
    if (type.endsWith('Connection')) return 2 + costOf(field.selectionSet, type, size ?? 1);
    return (size ?? 1) * (1 + costOf(field.selectionSet, type, 1));
  };
  return base + (root ? costOf(operation.selectionSet, root.name, 1) : 0);
}

function fieldTypeName(
  schema: GraphQLSchema,
  typeName: string,
  field: string,
  graphql: AdminSchema['graphql'],
): string | null {
  const type = schema.getType(typeName);
  if (!graphql.isObjectType(type) && !graphql.isInterfaceType(type)) return null;
  const definition = type.getFields()[field];
  return definition ? graphql.getNamedType(definition.type).name : null;
}

function sizeOf(field: FieldNode, variables: Variables): number | null {
  const argument = field.arguments?.find(({ name }) => name.value === 'first' || name.value === 'last');
  if (argument?.value.kind === 'IntValue') return Number(argument.value.value);
  if (argument?.value.kind === 'Variable') return Number(variables[argument.value.name.value] ?? 1);
  return null;
}

/** What an answer used: each object that came back. */
export function usedCost(data: unknown): number {
  if (Array.isArray(data)) return data.reduce<number>((sum, item) => sum + usedCost(item), 0);
  if (typeof data !== 'object' || data === null) return 0;
  return 1 + Object.values(data).reduce<number>((sum, value) => sum + usedCost(value), 0);
}
