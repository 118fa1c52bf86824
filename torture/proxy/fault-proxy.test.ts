import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { FaultProxy } from './fault-proxy.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** A server that answers every line with it, and notes what it got. */
async function echo(): Promise<{ port: number; got: string[]; sockets: Socket[] }> {
  const got: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      got.push(bytes.toString());
      socket.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, got, sockets };
}

async function proxied(): Promise<{ proxy: FaultProxy; server: Awaited<ReturnType<typeof echo>> }> {
  const server = await echo();
  const proxy = await FaultProxy.start({ host: '127.0.0.1', port: server.port });
  cleanups.push(() => proxy.close());
  return { proxy, server };
}

async function client(port: number): Promise<{ socket: Socket; text: () => string; end: Promise<string> }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (bytes) => (text += bytes.toString()));
  const end = new Promise<string>((resolve) => {
    socket.on('error', ({ message }) => resolve(message));
    socket.on('close', () => resolve('closed'));
  });
  await new Promise((resolve) => {
    socket.once('connect', resolve);
    socket.once('close', resolve);
  });
  cleanups.push(async () => void socket.destroy());
  return { socket, text: () => text, end };
}

test('without a fault, bytes and the end of the stream come through', async () => {
  const { proxy } = await proxied();
  const { socket, text, end } = await client(proxy.port);
  socket.write('hello');
  await expect.poll(text).toBe('hello');
  socket.end();
  expect(await end).toBe('closed');
  await expect.poll(() => proxy.connections).toBe(0);
});

test('with latency the answer comes, later', async () => {
  const { proxy } = await proxied();
  const over = proxy.add({
    kind: 'flow',
    toServer: { kind: 'latency', ms: 60 },
    toClient: { kind: 'latency', ms: 60 },
  });
  const { socket, text } = await client(proxy.port);
  const startedMs = performance.now();
  socket.write('hello');
  await expect.poll(text, { interval: 5 }).toBe('hello');
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(119);
  over();
});

test('a black hole toward the client lets the effect happen and loses the answer, until it opens', async () => {
  const { proxy, server } = await proxied();
  const over = proxy.add({ kind: 'flow', toClient: { kind: 'black-hole' } });
  const { socket, text } = await client(proxy.port);
  socket.write('pay');
  await expect.poll(() => server.got).toEqual(['pay']);
  expect(text()).toBe('');
  over();
  await expect.poll(text).toBe('pay');
});

test('a black hole toward the server keeps the request from it, and the client is told of nothing', async () => {
  const { proxy, server } = await proxied();
  const { socket, text } = await client(proxy.port);
  socket.write('a');
  await expect.poll(text).toBe('a');
  const over = proxy.add({
    kind: 'flow',
    toServer: { kind: 'black-hole' },
    toClient: { kind: 'black-hole' },
  });
  socket.write('b');
  server.sockets[0]?.resetAndDestroy();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect([server.got, socket.destroyed]).toEqual([['a'], false]);
  over();
  await expect.poll(() => socket.destroyed).toBe(true);
});

test('an answer is cut in its middle by a reset', async () => {
  const { proxy } = await proxied();
  proxy.add({ kind: 'reset-mid-body', afterBytes: 4 });
  const { socket, text, end } = await client(proxy.port);
  socket.write('abcdefgh');
  expect(await end).toBe('read ECONNRESET');
  expect(text()).toBe('abcd');
});

test('one byte a second: the first one comes, the rest keeps the client waiting', async () => {
  const { proxy } = await proxied();
  const over = proxy.add({ kind: 'flow', toClient: { kind: 'trickle' } });
  const { socket, text } = await client(proxy.port);
  socket.write('slow');
  await expect.poll(text).toBe('s');
  over();
  await expect.poll(text).toBe('slow');
});

test('a link that refuses cuts what is open and takes nothing new, until it is over', async () => {
  const { proxy } = await proxied();
  const before = await client(proxy.port);
  const over = proxy.add({ kind: 'refuse' });
  await expect.poll(() => before.socket.destroyed).toBe(true);
  const during = await client(proxy.port);
  await during.end;
  over();
  const after = await client(proxy.port);
  after.socket.write('x');
  await expect.poll(after.text).toBe('x');
});

test('a server that is not there is a reset', async () => {
  const server = await echo();
  const proxy = await FaultProxy.start({ host: '127.0.0.1', port: 1 });
  cleanups.push(() => proxy.close());
  void server;
  const { end } = await client(proxy.port);
  expect(['read ECONNRESET', 'closed']).toContain(await end);
});
