import { z } from 'zod';
import type { Json } from '#canonical/json.ts';
import type { MappingProblem } from './outcome.ts';

/** Thrown inside a mapping, turned into `unmappable` at its edge; never crosses it. */
export class UnmappableError extends Error {
  override readonly name = 'UnmappableError';
  readonly problems: readonly MappingProblem[];
  constructor(problems: readonly MappingProblem[]) {
    super(problems.map((problem) => `${problem.path}: ${problem.message}`).join('; '));
    this.problems = problems;
  }
}

export const unmappable = (path: string, message: string): UnmappableError =>
  new UnmappableError([{ path, message }]);

/** The result of a mapping: a value, or every problem with its path. */
export type Mapped<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly MappingProblem[] };

/** Runs a mapping; bad input becomes problems with paths, any other error is a defect and passes through. */
export function mapped<T>(map: () => T): Mapped<T> {
  try {
    return { ok: true, value: map() };
  } catch (error) {
    if (error instanceof UnmappableError) return { ok: false, problems: error.problems };
    if (error instanceof z.ZodError) return { ok: false, problems: problemsOf(error) };
    throw error;
  }
}

/** Validates at the edge. @throws UnmappableError with a path for each issue. */
export function parseWith<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (!result.success) throw new UnmappableError(problemsOf(result.error));
  return result.data;
}

const problemsOf = (error: z.ZodError): MappingProblem[] =>
  error.issues.map((issue) => ({ path: pathText(issue.path), message: issue.message }));

/** `['line_items', 2, 'sku']` as `line_items[2].sku`. The root is `$`. */
export function pathText(path: readonly PropertyKey[]): string {
  return (
    path.reduce<string>(
      (text, key) =>
        typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
      '',
    ) || '$'
  );
}

/** A retailer's data that an outbound mapping may look at. Pure: a snapshot, taken when the command is rendered. */
export type RenderContext = {
  /** The connection the command goes to. */
  readonly connection: string;
  /**
   * The platform's word for ours. `path` is where the value stands in the payload, for the operator.
   * @throws UnmappableError with a proposed row when the crosswalk has none.
   */
  crosswalk(table: CrosswalkTable, key: string, path: string, proposal?: string): string;
  /** As `crosswalk`, for optional rows: null where there is none. */
  crosswalkOptional(table: CrosswalkTable, key: string): string | null;
  /** What this connection calls the entity, where a link is known. */
  linked(type: string): string | null;
  readonly config: Readonly<Record<string, unknown>>;
};

export const crosswalkTables = [
  'item',
  'location',
  'subsidiary',
  'tax-code',
  'payment-method',
  'payment-terms',
  'ship-method',
  'discount',
  'reason',
  'currency',
  'country',
  'unit',
  'gl-dimension',
  'price-book',
] as const;
export type CrosswalkTable = (typeof crosswalkTables)[number];

/** A message as it came in, parsed (json-lossless.ts), with what is known about its delivery. */
export type InboundMessage = {
  readonly connection: string;
  readonly topic: string;
  readonly occurredAt: string;
  readonly body: Json;
  /** SHA-256 of the raw bytes, hex: half of the source version. */
  readonly bodyHash: string;
};
