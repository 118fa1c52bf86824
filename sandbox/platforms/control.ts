import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { weathers } from './fault-weather.ts';
import { systems } from './journal-files.ts';
import type { Sandbox } from './sandbox.ts';
import { spellSchema } from './spell.ts';

const order = { retailer: z.string(), order: z.string().regex(/^\d+$/) };

/** What the sandbox can be told over HTTP, each with the shape of its body. All of them POST and answer JSON. */
const actions = {
  '/traffic': action(
    z.strictObject({ orders: z.int().positive(), rate: z.number().positive() }),
    (sandbox, { orders, rate }) => sandbox.begin(orders, rate),
  ),
  '/order': action(z.strictObject({ retailer: z.string().optional() }), (sandbox, { retailer }) =>
    sandbox.placeOne(retailer),
  ),
  '/ship': action(
    z.strictObject({ ...order, parts: z.int().positive().default(1) }),
    (sandbox, { retailer, order: id, parts }) => ({ shipments: sandbox.ship(retailer, id, parts) }),
  ),
  '/invoice': action(
    z.strictObject({ ...order, paid: z.boolean().default(false) }),
    (sandbox, { retailer, order: id, paid }) => sandbox.invoice(retailer, id, paid),
  ),
  '/cancel': action(z.strictObject(order), (sandbox, { retailer, order: id }) =>
    sandbox.cancel(retailer, id),
  ),
  '/weather': action(
    z.strictObject({
      weather: z.enum(weathers),
      retailer: z.string().optional(),
      system: z.enum(systems).optional(),
    }),
    (sandbox, { weather, retailer, system }) => sandbox.weather(weather, retailer, system),
  ),
  '/spell': action(spellSchema, (sandbox, spell) => sandbox.spells.begin(spell)),
  '/spell/over': action(z.strictObject({ id: z.string() }), (sandbox, { id }) => sandbox.spells.end(id)),
  '/counts': action(z.strictObject({}), (sandbox) => sandbox.recordCounts()),
} as const;

type Action = (sandbox: Sandbox, body: unknown) => unknown;
function action<T>(schema: z.ZodType<T>, run: (sandbox: Sandbox, body: T) => unknown): Action {
  return (sandbox, body) => run(sandbox, schema.parse(body));
}

/** Serves the controls of a sandbox on loopback: `GET /status` and the actions above. */
export async function serveControl(
  sandbox: Sandbox,
  port: number,
): Promise<{ readonly url: string; close(): void }> {
  const server: Server = createServer((request, response) => {
    void answer(sandbox, request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

type Answer = { readonly status: number; readonly body: unknown };

async function answer(sandbox: Sandbox, request: IncomingMessage): Promise<Answer> {
  const { method = 'GET', url: path = '/' } = request;
  if (method === 'GET' && path === '/status') return { status: 200, body: sandbox.status() };
  const run =
    method === 'POST' && Object.hasOwn(actions, path) ? actions[path as keyof typeof actions] : undefined;
  if (run === undefined)
    return {
      status: 404,
      body: { error: `there is GET /status and POST ${Object.keys(actions).join(', ')}` },
    };
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    return { status: 200, body: run(sandbox, text === '' ? {} : JSON.parse(text)) ?? { ok: true } };
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}
