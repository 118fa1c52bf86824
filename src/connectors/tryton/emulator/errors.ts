import type { Json } from '#canonical/json.ts';

/** An error as the server puts it into the envelope. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly wire: Json;
  constructor(wire: Json) {
    super(JSON.stringify(wire));
    this.wire = wire;
  }
}

export const userError = (message: string): ServerError =>
  new ServerError(['UserError', [message, '', null]]);
export const userWarning = (name: string, message: string): ServerError =>
  new ServerError(['UserWarning', [name, message, '']]);
/** Python's KeyError: the name in quotes, without a traceback. */
export const keyError = (name: string): ServerError => new ServerError([`'${name}'`, '']);
export const rowLocked = (table: string): ServerError =>
  new ServerError([`could not obtain lock on row in relation "${table}"\n`, '']);
export const concurrencyError = (): ServerError =>
  new ServerError(['ConcurrencyException', 'Records were modified in the meanwhile']);

/** A method that the server does not offer: HTML with its status, outside the envelope. */
export class HttpAnswer extends Error {
  override readonly name = 'HttpAnswer';
  readonly status: number;
  readonly title: string;
  constructor(status: number, title: string) {
    super(`${status} ${title}`);
    this.status = status;
    this.title = title;
  }
}
