import { z } from 'zod';
import type { Json } from '#canonical/json.ts';
import type { Order } from '#canonical/order.ts';
import type { Call, CommandHandler, Connector } from '#connector-sdk/connector.ts';
import type { Found, Outcome } from '#connector-sdk/outcome.ts';
import type { HttpClient } from '#connector-sdk/services.ts';
import { orderIndexOfKey, versionOfNote } from '../driver/bench-order.ts';
import type { PlainWrite } from '../sinks/plain-sink.ts';

const configSchema = z.strictObject({
  baseUrl: z.url().describe('address of the sink'),
  concurrency: z.int().positive().describe('calls at the same time'),
});
type Config = z.infer<typeof configSchema>;
type Client = { readonly connection: string; readonly http: HttpClient };
type Request = PlainWrite & { readonly content: Json };

/** What a platform would be told of an order: about as many bytes as a real platform's request. */
const contentOf = ({ id, number, lines, totals, shipTo }: Order): Json => ({
  id,
  number,
  total: totals.grand.presentment.amountMinor,
  lines: lines.map(({ sku, title, current, unitPrice }) => ({
    sku,
    title,
    quantity: current,
    price: unitPrice.presentment,
  })),
  shipTo: shipTo.address as Json,
});

const readNumber = z.object({ number: z.string() });

async function write(
  path: string,
  request: Request,
  call: Call,
  { connection, http }: Client,
): Promise<Outcome> {
  const { deadlineMs, signal } = call;
  const headers = { 'content-type': 'application/json' };
  const result = await http.request({
    method: 'POST',
    path,
    headers,
    body: JSON.stringify(request),
    deadlineMs,
    signal,
  });
  if (result.kind === 'not-sent') return { kind: 'unavailable', retryAfterMs: null, detail: result.detail };
  if (result.kind === 'lost') return { kind: 'outcome-unknown', detail: result.detail };
  const { number } = readNumber.parse(JSON.parse(result.body));
  return {
    kind: 'done',
    result: { number },
    refs: [{ connection, type: 'Order', id: String(request.order) }],
  };
}

const createOrder: CommandHandler<'erp.order.create', Request, Client> = {
  name: 'erp.order.create',
  safety: { kind: 'lookup-first' },
  timeoutMs: 5_000,
  settleMs: 1_000,
  searchLagMs: 0,
  render: ({ order }) => ({ order: orderIndexOfKey(order.id), version: 1, content: contentOf(order) }),
  send: (request, call, client) => write('/erp', request, call, client),
  /** Before the first attempt there is nothing to be found, so that an order costs one call as it does the peers; later ones look. */
  async find({ order }, { attempt, deadlineMs, signal }, { connection, http }): Promise<Found> {
    if (attempt === 1) return { kind: 'absent' };
    const result = await http.request({ method: 'GET', path: `/${order}`, deadlineMs, signal });
    if (result.kind !== 'response') return { kind: 'unavailable', retryAfterMs: null, detail: result.detail };
    const { version } = z.object({ version: z.int().nullable() }).parse(JSON.parse(result.body));
    if (version === null) return { kind: 'absent' };
    const refs = [{ connection, type: 'Order', id: String(order) }];
    return { kind: 'found', outcome: { kind: 'done', result: { number: String(order) }, refs } };
  },
};

const upsertOrder: CommandHandler<'crm.order.upsert', Request, Client> = {
  name: 'crm.order.upsert',
  safety: { kind: 'upsert' },
  timeoutMs: 5_000,
  settleMs: 1_000,
  searchLagMs: 0,
  render: ({ order, erp }) => ({
    order: orderIndexOfKey(order.id),
    // The order's newest content, and within it the ERP's number after none: two steps a version, as the other CRM sink counts.
    version: versionOfNote(order.note) * 2 - (erp === null ? 1 : 0),
    content: contentOf(order),
  }),
  send: (request, call, client) => write('/crm', request, call, client),
};

/** A platform that takes an order in one call, so that the engine is compared with peers that make one call a system. */
export const oneCall: Connector<Config, Client> = {
  id: 'one-call',
  title: 'One call',
  apiVersion: '1',
  roles: ['erp', 'crm'],
  config: configSchema,
  limits: ({ concurrency }) => ({ concurrency, bucket: null }),
  open: ({ baseUrl }, services) => ({ connection: services.connection, http: services.http(baseUrl) }),
  inbound: {},
  pollers: {},
  commands: { 'erp.order.create': createOrder, 'crm.order.upsert': upsertOrder },
  async probe({ deadlineMs, signal }, { http }) {
    const result = await http.request({ method: 'GET', path: '/0', deadlineMs, signal });
    if (result.kind === 'response') return { kind: 'done', result: null };
    return { kind: 'unavailable', retryAfterMs: null, detail: result.detail };
  },
  doctor: () => Promise.resolve([]),
};
