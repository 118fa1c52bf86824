import type { Json } from '#canonical/json.ts';
import { PlatformFault } from './platform-fault.ts';
import type { SoqlEngine } from './soql-query.ts';

const pageSize = 2000;

/** Query answers page by page; a locator names what is left. */
export class QueryPages {
  readonly #engine: SoqlEngine;
  readonly #left = new Map<string, { readonly total: number; readonly records: readonly Json[] }>();
  #last = 0;

  constructor(engine: SoqlEngine) {
    this.#engine = engine;
  }

  first(soql: string, dataPath: string, scope: 'live' | 'all' = 'live'): Json {
    const { total, records } = this.#engine.run(soql, scope);
    return this.#page(total, records, dataPath);
  }

  next(locator: string, dataPath: string): Json {
    const left = this.#left.get(locator);
    if (left === undefined) throw new PlatformFault('INVALID_QUERY_LOCATOR', 'invalid query locator');
    return this.#page(left.total, left.records, dataPath);
  }

  #page(total: number, records: readonly Json[], dataPath: string): Json {
    if (records.length <= pageSize) return { totalSize: total, done: true, records };
    this.#last += 1;
    const locator = `01g5e0000000${String(this.#last).padStart(6, '0')}-${pageSize}`;
    this.#left.set(locator, { total, records: records.slice(pageSize) });
    return {
      totalSize: total,
      done: false,
      nextRecordsUrl: `${dataPath}/query/${locator}`,
      records: records.slice(0, pageSize),
    };
  }
}
