import { parse } from 'csv-parse/sync';
import type { Json } from '#canonical/json.ts';
import type { EmulatorResponse } from '#connector-testkit/emulator.ts';
import { isObject } from './collections.ts';
import type { OrgOptions } from './org-options.ts';
import { PlatformFault } from './platform-fault.ts';
import type { Body, Records } from './records.ts';
import { recordId } from './record-ids.ts';
import { asText, fieldNamed, type ObjectDef } from './schema.ts';
import type { SoqlEngine } from './soql-query.ts';
import type { Transaction } from './transaction.ts';

const operations = ['insert', 'update', 'upsert', 'delete'] as const;
type Row = Readonly<Record<string, string>>;
type Done = {
  readonly row: Row;
  readonly id: string;
  readonly created: boolean;
  readonly error: string | null;
};
type Job = {
  readonly id: string;
  readonly kind: 'ingest' | 'query';
  readonly about: Readonly<Record<string, Json>>;
  state: 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Aborted' | 'Failed';
  rows: readonly Row[];
  done: readonly Done[];
  csv: string;
};
export type BulkRequest = {
  readonly method: string;
  /** Behind `/jobs`. */
  readonly steps: readonly string[];
  readonly text: string;
  readonly query: URLSearchParams;
};
/** `csv` is a body that is no JSON; `more` locates the next part of a result. */
export type BulkAnswer =
  | { readonly status: number; readonly body: Json }
  | { readonly status: number; readonly csv: string; readonly rows: number; readonly more: string | null };

/** Bulk API 2.0: jobs that take CSV, work through it row by row, and tell which rows failed although the job is complete. */
export class BulkJobs {
  readonly #records: Records;
  readonly #engine: SoqlEngine;
  readonly #options: OrgOptions;
  readonly #jobs = new Map<string, Job>();

  constructor(records: Records, engine: SoqlEngine, options: OrgOptions) {
    this.#records = records;
    this.#engine = engine;
    this.#options = options;
  }

  /** @throws PlatformFault */
  handle(transaction: Transaction, { method, steps, text, query }: BulkRequest): BulkAnswer {
    const [kind, id, part] = steps;
    if (kind !== 'ingest' && kind !== 'query') throw missing();
    if (id === undefined)
      return method === 'POST' ? this.#open(kind, text) : { status: 200, body: { done: true, records: [] } };
    const job = this.#jobs.get(id);
    if (job === undefined || job.kind !== kind) throw missing();
    if (method === 'DELETE') {
      this.#jobs.delete(id);
      return { status: 204, body: null };
    }
    if (part === undefined) return method === 'PATCH' ? this.#change(transaction, job, text) : shown(job);
    if (part === 'batches' && method === 'PUT') return this.#upload(job, text);
    if (part === 'results') return page(job.csv, query);
    if (part === 'successfulResults') return resultOf(job, (done) => done.error === null);
    if (part === 'failedResults') return resultOf(job, (done) => done.error !== null);
    if (part === 'unprocessedrecords') return resultOf(job, () => false);
    throw missing();
  }

  #open(kind: Job['kind'], text: string): BulkAnswer {
    const asked = JSON.parse(text) as Json;
    const body = isObject(asked) ? asked : {};
    const operation = asText(body['operation']);
    const isKnown =
      kind === 'query' ? /^query(?:All)?$/.test(operation) : operations.some((known) => known === operation);
    if (!isKnown) throw new PlatformFault('INVALIDJOB', `operation: unknown value ${operation}`);
    if (kind === 'ingest') this.#records.objectNamed(asText(body['object']));
    const id = recordId('750', this.#jobs.size + 1);
    const now = new Date(this.#options.now()).toISOString().replace('Z', '+0000');
    const about = {
      ...body,
      id,
      contentType: 'CSV',
      lineEnding: body['lineEnding'] ?? 'LF',
      columnDelimiter: body['columnDelimiter'] ?? 'COMMA',
      concurrencyMode: 'Parallel',
      apiVersion: this.#options.apiVersions.newest,
      createdDate: now,
      systemModstamp: now,
      jobType: kind === 'query' ? 'V2Query' : 'V2Ingest',
      ...(kind === 'ingest' && {
        contentUrl: `services/data/v${this.#options.apiVersions.newest}.0/jobs/ingest/${id}/batches`,
      }),
    };
    const job: Job = { id, kind, about, state: 'Open', rows: [], done: [], csv: '' };
    this.#jobs.set(id, job);
    if (kind === 'query') {
      job.csv = csvOf(
        this.#engine.run(asText(body['query']), operation === 'queryAll' ? 'all' : 'live').records,
      );
      job.state = 'JobComplete';
      return { status: 200, body: { ...about, state: 'UploadComplete' } };
    }
    return shown(job);
  }

  #upload(job: Job, text: string): BulkAnswer {
    if (job.state !== 'Open') throw new PlatformFault('INVALIDJOBSTATE', `the job is ${job.state}`);
    try {
      job.rows = parse(text, { columns: true, skip_empty_lines: true, bom: true });
    } catch (error) {
      throw new PlatformFault('InvalidBatch', error instanceof Error ? error.message : 'unreadable CSV');
    }
    return { status: 201, body: null };
  }

  #change(transaction: Transaction, job: Job, text: string): BulkAnswer {
    const asked = JSON.parse(text) as Json;
    const state = isObject(asked) ? asText(asked['state']) : '';
    if (state === 'Aborted') job.state = 'Aborted';
    else if (state === 'UploadComplete' && job.state === 'Open') {
      job.done = job.rows.map((row) => this.#work(transaction, job, row));
      job.state = 'JobComplete';
      return { status: 200, body: { ...job.about, state: 'UploadComplete' } };
    } else throw new PlatformFault('INVALIDJOBSTATE', `cannot become ${state}`);
    return shown(job);
  }

  /** Each row stands for itself: one that fails fails alone. */
  #work(transaction: Transaction, { about }: Job, row: Row): Done {
    const start = transaction.savepoint();
    try {
      const object = this.#records.objectNamed(asText(about['object']));
      const { id, ...fields } = bodyOf(object, row);
      switch (about['operation']) {
        case 'insert':
          return {
            row,
            id: this.#records.create(transaction, object, fields, {}),
            created: true,
            error: null,
          };
        case 'update':
          this.#records.update(transaction, object, asText(id), fields, {});
          return { row, id: asText(id), created: false, error: null };
        case 'delete':
          this.#records.remove(transaction, object, asText(id));
          return { row, id: asText(id), created: false, error: null };
        default: {
          const field = this.#records.externalIdField(object, asText(about['externalIdFieldName']));
          const { [field.name]: key, ...rest } = fields;
          const saved = this.#records.upsert(transaction, object, field.name, asText(key), rest, {});
          if ('several' in saved)
            throw new PlatformFault('DUPLICATE_EXTERNAL_ID', 'more than one record found');
          return { row, id: saved.id, created: saved.created, error: null };
        }
      }
    } catch (error) {
      if (!(error instanceof PlatformFault)) throw error;
      transaction.rollback(start);
      return {
        row,
        id: '',
        created: false,
        error: `${error.code}:${error.message}:${error.fields.join(',')} --`,
      };
    }
  }
}

/** Rows as CSV, with what the platform says of them in headers. */
export function csvResponse({
  status,
  csv,
  rows,
  more,
}: Extract<BulkAnswer, { csv: string }>): EmulatorResponse {
  const headers = {
    'content-type': 'text/csv',
    'sforce-numberofrecords': String(rows),
    'sforce-locator': more ?? 'null',
  };
  return { status, headers, body: csv };
}

const missing = (): PlatformFault =>
  new PlatformFault('NOT_FOUND', 'The requested resource does not exist', { status: 404 });

const shown = ({ about, state, done }: Job): BulkAnswer => ({
  status: 200,
  body: {
    ...about,
    state,
    numberRecordsProcessed: done.length,
    numberRecordsFailed: done.filter(({ error }) => error !== null).length,
    retries: 0,
    totalProcessingTime: done.length,
  },
});

/** The cells of a row as field values: `#N/A` clears, `Account.Ext__c` refers by external id. */
function bodyOf(object: ObjectDef, row: Row): Body & { readonly id?: Json } {
  const body: Record<string, Json> = {};
  for (const [name, cell] of Object.entries(row)) {
    if (cell === '') continue;
    const [relationship = '', key] = name.split('.');
    const field = fieldNamed(object, name);
    const value: Json =
      cell === '#N/A'
        ? null
        : field?.type === 'boolean'
          ? /^(?:true|1)$/i.test(cell)
          : field?.type === 'double' || field?.type === 'currency'
            ? Number(cell)
            : cell;
    if (key !== undefined) body[relationship] = { [key]: value };
    else body[name.toLowerCase() === 'id' ? 'id' : name] = value;
  }
  return body;
}

const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const lines = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map(quoted).join(',')}\n`).join('');

function resultOf(job: Job, wanted: (done: Done) => boolean): BulkAnswer {
  const columns = Object.keys(job.rows[0] ?? {});
  const done = job.done.filter(wanted);
  const failed = done.some(({ error }) => error !== null);
  const head = failed ? ['sf__Id', 'sf__Error'] : ['sf__Id', 'sf__Created'];
  const csv = lines([
    [...head, ...columns],
    ...done.map(({ id, created, error, row }) => [
      id,
      error ?? String(created),
      ...columns.map((name) => row[name] ?? ''),
    ]),
  ]);
  return { status: 200, csv, rows: done.length, more: null };
}

/** Rows of a query as CSV, parents as `Account.Name`. */
function csvOf(records: readonly Json[]): string {
  const flat = records.map((record) => flattened(record as Record<string, Json>));
  const columns = Object.keys(flat[0] ?? {});
  return lines([columns, ...flat.map((row) => columns.map((name) => row[name] ?? ''))]);
}

function flattened(record: Record<string, Json>, prefix = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]) => {
      if (name === 'attributes') return [];
      if (isObject(value)) return Object.entries(flattened(value, `${prefix}${name}.`));
      return [
        [`${prefix}${name}`, value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)],
      ];
    }),
  );
}

/** A part of a result: `maxRecords` rows from `locator` on. */
function page(csv: string, query: URLSearchParams): BulkAnswer {
  const [head = '', ...rows] = parse(csv, { relax_column_count: true }).map((row: string[]) => lines([row]));
  const from = Number(query.get('locator') ?? 0);
  const size = Number(query.get('maxRecords') ?? 50_000);
  const some = rows.slice(from, from + size);
  const more = from + size < rows.length ? String(from + size) : null;
  return { status: 200, csv: head + some.join(''), rows: some.length, more };
}
