import type {
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLFieldResolver,
  OperationDefinitionNode,
} from 'graphql';
import type { EmulatorResponse } from '#connector-testkit/emulator.ts';
import { adminSchema, type AdminSchema } from './admin-schema.ts';
import type { PointsBucket } from './points-bucket.ts';
import { requestedCost, usedCost } from './query-cost.ts';

/** The most that one query may ask for, whatever the plan. */
const maxQueryCost = 1000;

/** Mutations that fail without the @idempotent directive since 2026-04. */
const idempotentMutations = new Set([
  'inventoryActivate',
  'inventoryAdjustQuantities',
  'inventoryMoveQuantities',
  'inventorySetOnHandQuantities',
  'inventorySetQuantities',
  'inventoryShipmentAddItems',
  'inventoryShipmentCreate',
  'inventoryShipmentCreateInTransit',
  'inventoryShipmentReceive',
  'inventoryTransferCreate',
  'inventoryTransferCreateAsReadyToShip',
  'inventoryTransferDuplicate',
  'inventoryTransferSetItems',
  'locationActivate',
  'locationDeactivate',
  'refundCreate',
]);

type Prepared =
  | { readonly errors: readonly { readonly message: string }[] }
  | {
      readonly errors?: undefined;
      readonly document: DocumentNode;
      readonly operation: OperationDefinitionNode;
      readonly fragments: Map<string, FragmentDefinitionNode>;
    };

/** What answers the roots: by the name of the field of Query or Mutation. */
export type Roots = Readonly<Record<string, (args: never) => unknown>>;

/** Runs operations with graphql-js against Shopify's own schema, with Shopify's cost accounting around it. */
export class AdminApi {
  readonly #bucket: PointsBucket;
  readonly #roots: Roots;
  readonly #prepared = new Map<string, Prepared>();
  #library: AdminSchema | null = null;

  constructor(bucket: PointsBucket, roots: Roots) {
    this.#bucket = bucket;
    this.#roots = roots;
  }

  /** `headers` go on every answer. */
  async handle(body: string, headers: Readonly<Record<string, string>>): Promise<EmulatorResponse> {
    this.#library ??= await adminSchema();
    const answer = (status: number, content: object): EmulatorResponse => ({
      status,
      headers,
      body: JSON.stringify(content),
    });
    const request = parseRequest(body);
    if (request === null) return answer(400, { errors: 'Bad Request' });
    const prepared = this.#prepare(request.query, request.operationName, this.#library);
    if (prepared.errors) return answer(200, { errors: prepared.errors });

    const cost = Math.ceil(
      requestedCost(this.#library, prepared.operation, prepared.fragments, request.variables),
    );
    if (cost > maxQueryCost) {
      const message = `Query cost is ${cost}, which exceeds the single query max cost limit (${maxQueryCost}).`;
      return answer(200, {
        errors: [{ message, extensions: { code: 'MAX_COST_EXCEEDED', cost, maxCost: maxQueryCost } }],
      });
    }
    if (!this.#bucket.take(cost)) {
      const errors = [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }];
      return answer(200, { errors, extensions: this.#cost(cost, null) });
    }
    const unkeyed = missingIdempotency(prepared.operation);
    if (unkeyed !== null) {
      this.#bucket.giveBack(cost);
      const errors = [
        {
          message: `The @idempotent directive is required for the ${unkeyed} mutation.`,
          extensions: { code: 'BAD_REQUEST' },
        },
      ];
      return answer(200, { errors, extensions: this.#cost(cost, 0) });
    }
    const result = await this.#library.graphql.execute({
      schema: this.#library.schema,
      document: prepared.document,
      variableValues: request.variables,
      operationName: request.operationName,
      fieldResolver: this.#resolver(this.#library),
      typeResolver: (value) => (value as { readonly __typename: string }).__typename,
    });
    const base = prepared.operation.operation === 'mutation' ? 10 : 0;
    const used = Math.min(cost, base + usedCost(result.data ?? null));
    this.#bucket.giveBack(cost - used);
    const errors = result.errors?.map(({ message, path }) => ({ message, path }));
    return answer(200, {
      ...(errors && { errors }),
      data: result.data ?? null,
      extensions: this.#cost(cost, used),
    });
  }

  #cost(requestedQueryCost: number, actualQueryCost: number | null) {
    const { capacity, refillPerSecond, available } = this.#bucket;
    return {
      cost: {
        requestedQueryCost,
        actualQueryCost,
        throttleStatus: {
          maximumAvailable: capacity,
          currentlyAvailable: Math.floor(available),
          restoreRate: refillPerSecond,
        },
      },
    };
  }

  #prepare(query: string, operationName: string | undefined, { graphql, schema }: AdminSchema): Prepared {
    const key = `${operationName ?? ''}\n${query}`;
    const known = this.#prepared.get(key);
    if (known) return known;
    let prepared: Prepared;
    try {
      const document = graphql.parse(query);
      const errors = graphql.validate(schema, document).map(({ message }) => ({ message }));
      const operation = graphql.getOperationAST(document, operationName);
      const fragments = new Map(
        document.definitions.flatMap((definition) =>
          definition.kind === graphql.Kind.FRAGMENT_DEFINITION
            ? [[definition.name.value, definition] as const]
            : [],
        ),
      );
      if (errors.length > 0) prepared = { errors };
      else
        prepared = operation
          ? { document, operation, fragments }
          : { errors: [{ message: 'No operation found' }] };
    } catch (error) {
      prepared = { errors: [{ message: error instanceof Error ? error.message : String(error) }] };
    }
    this.#prepared.set(key, prepared);
    return prepared;
  }

  /** Roots by name; below them plain properties, where a list in place of a connection is paged. */
  #resolver({ graphql }: AdminSchema): GraphQLFieldResolver<unknown, unknown> {
    return (source, args, _context, { fieldName, parentType, returnType }) => {
      const isRoot = parentType.name === 'Mutation' || parentType.name === 'QueryRoot';
      if (isRoot && !this.#roots[fieldName]) throw new Error(`the emulator has no ${fieldName}`);
      const value = isRoot
        ? this.#roots[fieldName]?.(args as never)
        : (source as Record<string, unknown>)[fieldName];
      if (!Array.isArray(value)) return value;
      if (graphql.getNamedType(returnType).name.endsWith('Connection')) return connection(value, args);
      return typeof args['first'] === 'number' ? value.slice(0, args['first']) : value;
    };
  }
}

/** A page of a list; the cursor is a place in it. */
function connection(all: readonly unknown[], args: Readonly<Record<string, unknown>>) {
  const start = typeof args['after'] === 'string' ? Number(args['after']) + 1 : 0;
  const size = typeof args['first'] === 'number' ? args['first'] : 50;
  const nodes = all.slice(start, start + size);
  return {
    nodes,
    edges: nodes.map((node, index) => ({ node, cursor: String(start + index) })),
    pageInfo: {
      hasNextPage: start + size < all.length,
      hasPreviousPage: start > 0,
      startCursor: nodes.length > 0 ? String(start) : null,
      endCursor: nodes.length > 0 ? String(start + nodes.length - 1) : null,
    },
  };
}

function missingIdempotency(operation: OperationDefinitionNode): string | null {
  if (operation.operation !== 'mutation') return null;
  for (const field of operation.selectionSet.selections) {
    if (field.kind !== 'Field' || !idempotentMutations.has(field.name.value)) continue;
    if (!field.directives?.some(({ name }) => name.value === 'idempotent')) return field.name.value;
  }
  return null;
}

type GraphqlRequest = {
  query: string;
  variables: Record<string, unknown>;
  operationName: string | undefined;
};

function parseRequest(body: string): GraphqlRequest | null {
  try {
    const { query, variables, operationName } = JSON.parse(body) as Partial<GraphqlRequest>;
    return typeof query === 'string' ? { query, variables: variables ?? {}, operationName } : null;
  } catch {
    return null;
  }
}
