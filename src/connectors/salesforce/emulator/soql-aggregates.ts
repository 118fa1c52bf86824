import Big from 'big.js';
import type { Json } from '#canonical/json.ts';
import type { AggregateFunction, Expression } from './soql-parser.ts';
import { compareValues } from './soql-values.ts';

/** What an aggregate makes of the values of a group; nulls do not count. Null where there is nothing to make it of. */
export function aggregate(name: AggregateFunction, values: readonly Json[], rows: number): Json {
  const known = values.filter((value) => value !== null);
  switch (name) {
    case 'COUNT':
      return values.length === 0 ? rows : known.length;
    case 'COUNT_DISTINCT':
      return new Set(known.map((value) => JSON.stringify(value).toLowerCase())).size;
    case 'SUM':
      return known.length === 0 ? null : Number(sum(known).toFixed());
    case 'AVG':
      return known.length === 0 ? null : Number(sum(known).div(known.length).toFixed());
    case 'MIN':
    case 'MAX': {
      const sorted = known.toSorted(compareValues);
      return (name === 'MIN' ? sorted[0] : sorted.at(-1)) ?? null;
    }
  }
}

const sum = (values: readonly Json[]): Big =>
  values.reduce<Big>((total, value) => total.plus(typeof value === 'number' ? value : 0), new Big(0));

/** How an expression is known within a query: `count(id)`. */
export const keyOf = (expression: Expression): string =>
  (expression.kind === 'field'
    ? expression.path
    : `${expression.name}(${expression.path ?? ''})`
  ).toLowerCase();
