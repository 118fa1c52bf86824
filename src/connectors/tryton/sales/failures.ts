import type { MappingProblem } from '#connector-sdk/outcome.ts';
import { TrytonFailure } from '../client.ts';
import type { Looked } from '../outbound/request.ts';

/** The same bytes will never have an effect. */
export const rejected = (code: string, detail: string): TrytonFailure =>
  new TrytonFailure({ kind: 'rejected', code, detail });

/** The crosswalk names a record that Tryton does not have. */
export const notInTryton = (wanted: readonly Looked[]): TrytonFailure =>
  new TrytonFailure({
    kind: 'unmappable',
    problems: wanted.map(({ code, path, table, key }): MappingProblem => ({
      path,
      message: `Tryton has no record "${code}" (crosswalk ${table}, "${key}")`,
      crosswalk: { table, key, proposal: null },
    })),
  });
