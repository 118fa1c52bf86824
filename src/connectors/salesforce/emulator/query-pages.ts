import type { Json } from '#canonical/json.ts';
import { columnMetadata } from './column-metadata.ts';
import { PlatformFault } from './platform-fault.ts';
import type { Scope, SoqlEngine } from './soql-query.ts';

const largestPage = 2_000;
const smallestPage = 200;

/** Query answers page by page; a locator names what is left. */
export class QueryPages {
  readonly #engine: SoqlEngine;
  readonly #left = new Map<
    string,
    { readonly total: number; readonly records: readonly Json[]; readonly size: number }
  >();
  #last = 0;

  constructor(engine: SoqlEngine) {
    this.#engine = engine;
  }

  /** `batchSize`: rows a page, as asked for; kept between 200 and 2,000. */
  first(soql: string, dataPath: string, scope: Scope, batchSize: number = largestPage): Json {
    const { total, records } = this.#engine.run(soql, scope);
    const size = Math.min(largestPage, Math.max(smallestPage, batchSize));
    return this.#page({ total, records, size }, 0, dataPath);
  }

  /** What a query would show, without its rows. */
  columns(soql: string): Json {
    return columnMetadata(this.#engine.run(soql));
  }

  next(locator: string, dataPath: string): Json {
    const [key = '', from] = locator.split('-');
    const left = this.#left.get(key);
    if (left === undefined || !/^\d+$/.test(from ?? ''))
      throw new PlatformFault('INVALID_QUERY_LOCATOR', 'invalid query locator');
    return this.#page(left, Number(from), dataPath, key);
  }

  #page(
    all: { readonly total: number; readonly records: readonly Json[]; readonly size: number },
    from: number,
    dataPath: string,
    known?: string,
  ): Json {
    const { total, records, size } = all;
    const page = records.slice(from, from + size);
    if (from + size >= records.length) return { totalSize: total, done: true, records: page };
    let key = known;
    if (key === undefined) {
      this.#last += 1;
      key = `01g5e0000000${String(this.#last).padStart(6, '0')}`;
      this.#left.set(key, all);
    }
    return {
      totalSize: total,
      done: false,
      nextRecordsUrl: `${dataPath}/query/${key}-${from + size}`,
      records: page,
    };
  }
}
