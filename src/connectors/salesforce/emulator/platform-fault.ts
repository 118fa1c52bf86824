import type { JsonObject } from '#canonical/json.ts';

/** An error that Salesforce states for one record or one request. */
export class PlatformFault extends Error {
  override readonly name = 'PlatformFault';
  readonly status: number;
  readonly code: string;
  readonly fields: readonly string[];
  /** More members of the error's body. */
  readonly more: JsonObject;
  constructor(
    code: string,
    message: string,
    options: {
      readonly status?: number;
      readonly fields?: readonly string[];
      readonly more?: JsonObject;
    } = {},
  ) {
    super(message);
    this.code = code;
    this.status = options.status ?? 400;
    this.fields = options.fields ?? [];
    this.more = options.more ?? {};
  }
}

/** The row is held by another transaction: the whole transaction waits and starts over. */
export class RowBusy extends Error {
  override readonly name = 'RowBusy';
  readonly key: string;
  constructor(key: string) {
    super(key);
    this.key = key;
  }
}
