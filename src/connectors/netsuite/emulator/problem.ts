import type { EmulatorResponse } from '#connector-testkit/emulator.ts';

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

/** An answer in NetSuite's error envelope, thrown to where the request came in. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly path: string | null;
  constructor(status: number, code: string, detail: string, path: string | null = null) {
    super(detail);
    this.status = status;
    this.code = code;
    this.path = path;
  }

  get response(): EmulatorResponse {
    return {
      status: this.status,
      headers: { 'content-type': 'application/vnd.oracle.resource+json; type=error' },
      body: JSON.stringify({
        type: 'https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html',
        title: titles[this.status] ?? 'Error',
        status: this.status,
        'o:errorDetails': [
          {
            detail: this.message,
            'o:errorCode': this.code,
            ...(this.path !== null && { 'o:errorPath': this.path }),
          },
        ],
      }),
    };
  }
}

/** A field whose value the account cannot take. */
export const invalidField = (path: string, value: unknown): Problem =>
  new Problem(
    400,
    'INVALID_CONTENT',
    `Error while accessing a resource. Invalid Field Value ${JSON.stringify(value) ?? ''} for the following field: ${path.split('.').at(-1) ?? path}`,
    path,
  );
/** The account's own word for "no": scripts, closed periods, rules. */
export const userError = (detail: string): Problem => new Problem(400, 'USER_ERROR', detail);
export const changed = (): Problem => new Problem(400, 'RCRD_HAS_BEEN_CHANGED', 'Record has been changed');
export const nonexistent = (what: string): Problem =>
  new Problem(
    404,
    'NONEXISTENT_ID',
    `The record instance does not exist. Provide a valid record instance ID. ${what}`,
  );
