import { setTimeout as sleep } from 'node:timers/promises';

/** A value as Tryton's JSON-RPC carries it. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };
export type Row = { readonly [key: string]: Value };

/** What Tryton answered instead of a result. */
export class TrytonAnswer extends Error {
  override readonly name = 'TrytonAnswer';
  readonly status: number;
  readonly error: Value;
  constructor(method: string, status: number, error: Value) {
    super(`${method}: HTTP ${status} ${JSON.stringify(error).slice(0, 2000)}`);
    this.status = status;
    this.error = error;
  }
}

/** A Tryton session of the proof's own: it shares no line with the connector that it judges. */
export type Tryton = {
  readonly url: string;
  readonly database: string;
  readonly userId: number;
  call(method: string, ...params: readonly Value[]): Promise<Value>;
  search(model: string, domain: Value, context?: Row): Promise<number[]>;
  read(model: string, ids: readonly number[], fields: readonly string[]): Promise<Row[]>;
  create(model: string, values: Row): Promise<number>;
  /** A button or another method on records. */
  on(model: string, method: string, ids: readonly number[], context?: Row): Promise<Value>;
  /** Runs a wizard: each step names the state and the values of the form that led to it. */
  wizard(
    name: string,
    context: Row,
    steps: readonly { readonly state: string; readonly form: Record<string, Row> }[],
  ): Promise<void>;
  /** What every later call carries, e.g. the company. */
  readonly context: Record<string, Value>;
};

export const dec = (text: string): Row => ({ __class__: 'Decimal', decimal: text });
export const day = (year: number, month: number, dayOfMonth: number): Row => ({
  __class__: 'date',
  year,
  month,
  day: dayOfMonth,
});
/** The text of a Decimal field. @throws TypeError for anything else. */
export function decimalText(value: Value | undefined): string {
  const text = (value as Row | null | undefined)?.['decimal'];
  if (typeof text !== 'string') throw new TypeError(`${JSON.stringify(value)} is no Decimal`);
  return text;
}
/** @throws TypeError when it is no text. */
export function asText(value: Value | undefined): string {
  if (typeof value !== 'string') throw new TypeError(`${JSON.stringify(value)} is no text`);
  return value;
}

const isLock = ({ error }: TrytonAnswer): boolean =>
  /could not obtain lock|could not serialize|deadlock detected/.test(JSON.stringify(error));

/** Logs in; the password goes into the request only. @throws TrytonAnswer */
export async function connect(
  url: string,
  database: string,
  user: string,
  password: string,
): Promise<Tryton> {
  let authorization: string | null = null;
  let id = 0;
  const context: Record<string, Value> = {};

  const postOnce = async (method: string, params: readonly Value[]): Promise<Value> => {
    id += 1;
    const response = await fetch(`${url}/${database}/`, {
      signal: AbortSignal.timeout(60_000),
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization !== null && { authorization }) },
      body: JSON.stringify({ id, method, params }),
    });
    const body = await response.text();
    if (response.status !== 200) throw new TrytonAnswer(method, response.status, body);
    const envelope = JSON.parse(body) as { result?: Value; error?: Value };
    if (envelope.error !== undefined) throw new TrytonAnswer(method, 200, envelope.error);
    return envelope.result ?? null;
  };

  /** Who meets somebody else's lock clicks again: the server took everything back. */
  const post: typeof postOnce = async (method, params) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await postOnce(method, params);
      } catch (error) {
        if (!(error instanceof TrytonAnswer) || !isLock(error) || tries === 40) throw error;
        await sleep(500);
      }
    }
  };

  const session = (await post('common.db.login', [user, { password }, 'en'])) as readonly [number, string];
  authorization = `Session ${Buffer.from(`${user}:${session[0]}:${session[1]}`).toString('base64')}`;

  const call: Tryton['call'] = (method, ...params) => post(method, [...params, context]);
  return {
    url,
    database,
    userId: session[0],
    context,
    call,
    search: async (model, domain, extra = {}) =>
      (await post(`model.${model}.search`, [domain, 0, null, null, { ...context, ...extra }])) as number[],
    read: async (model, ids, fields) => (await call(`model.${model}.read`, ids, fields)) as Row[],
    create: async (model, values) =>
      ((await call(`model.${model}.create`, [values])) as readonly number[])[0] as number,
    on: (model, method, ids, extra = {}) => post(`model.${model}.${method}`, [ids, { ...context, ...extra }]),
    wizard: async (name, extra, steps) => {
      const [wizard] = (await post(`wizard.${name}.create`, [{ ...context, ...extra }])) as readonly [number];
      for (const step of steps)
        await post(`wizard.${name}.execute`, [wizard, step.form, step.state, { ...context, ...extra }]);
      await post(`wizard.${name}.delete`, [wizard, context]);
    },
  };
}

/** Takes the company of the user's preferences into the context of every later call. */
export async function asCompany(tryton: Tryton): Promise<void> {
  const preferences = (await tryton.call('model.res.user.get_preferences', true)) as Row;
  tryton.context['company'] = preferences['company'] ?? null;
}
