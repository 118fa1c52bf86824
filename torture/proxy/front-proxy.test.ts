import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { FrontProxy } from './front-proxy.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function named(name: string): Promise<{ server: Server; port: number }> {
  const server = createServer((_request, response) => response.setHeader('connection', 'close').end(name));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  return { server, port: (server.address() as AddressInfo).port };
}

test('connections go to the servers in turn, and past one that is gone', async () => {
  const [a, b] = [await named('a'), await named('b')];
  const front = await FrontProxy.start([a, b].map(({ port }) => ({ host: '127.0.0.1', port })));
  cleanups.push(() => front.close());
  const ask = async (): Promise<string> => (await fetch(front.url)).text();
  expect([await ask(), await ask(), await ask()]).toEqual(['a', 'b', 'a']);
  a.server.closeAllConnections();
  await new Promise((resolve) => a.server.close(resolve));
  expect([await ask(), await ask()]).toEqual(['b', 'b']);
});
