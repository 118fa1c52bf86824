import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type ClosableHttpClient, createHttpClient, type HttpClientOptions } from './http-client.ts';
import type { HttpRequest } from './services.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** A peer below HTTP: does with each socket what it is told; `received` holds what arrived. */
async function rawPeer(
  onData: (socket: Socket, received: string) => void,
): Promise<{ url: string; received: () => string; connections: () => number }> {
  let received = '';
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      onData(socket, received);
    });
  });
  const url = await listen(server);
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url, received: () => received, connections: () => connections };
}

async function httpPeer(listener: RequestListener): Promise<string> {
  const server = createHttpServer(listener);
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return listen(server);
}

function client(url: string, options: HttpClientOptions = {}): ClosableHttpClient {
  const made = createHttpClient(url, { allowPrivateAddresses: true, ...options });
  closers.push(() => made.close());
  return made;
}

const get = (overrides: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  path: '/',
  deadlineMs: Date.now() + 5_000,
  ...overrides,
});
const post = (overrides: Partial<HttpRequest> = {}): HttpRequest =>
  get({
    method: 'POST',
    path: '/orders?token=hush',
    headers: { authorization: 'Bearer hush' },
    body: '{"card":"hush"}',
    ...overrides,
  });
const soon = (): number => Date.now() + 150;

describe('a whole answer', () => {
  test('comes back with status, lower-case headers and body, whatever the status', async () => {
    const url = await httpPeer((_request, response) =>
      response.writeHead(503, { 'Retry-After': '7', 'Set-Cookie': ['a=1', 'b=2'] }).end('ärger'),
    );
    expect(await client(url).request(get())).toMatchObject({
      kind: 'response',
      status: 503,
      headers: { 'retry-after': '7', 'set-cookie': 'a=1, b=2' },
      body: 'ärger',
    });
  });

  test('that redirects is handed over, not followed', async () => {
    let requests = 0;
    const url = await httpPeer((_request, response) => {
      requests += 1;
      response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
    });
    expect(await client(url).request(post())).toMatchObject({ kind: 'response', status: 307 });
    expect(requests).toBe(1);
  });

  test('is asked for below the base URL, on one socket for calls one after the other', async () => {
    const paths: (string | undefined)[] = [];
    const ports = new Set<number | undefined>();
    const url = await httpPeer((request, response) => {
      paths.push(request.url);
      ports.add(request.socket.remotePort);
      response.end('ok');
    });
    const http = client(`${url}/tryton/`);
    await http.request(get({ path: '/db/' }));
    await http.request(get({ path: '/db/?a=b' }));
    expect(paths).toEqual(['/tryton/db/', '/tryton/db/?a=b']);
    expect(ports.size).toBe(1);
  });
});

describe('not-sent: no byte of the request reached the peer', () => {
  test('when the port refuses', async () => {
    const { url } = await rawPeer(() => undefined);
    for (const close of closers.splice(0)) await close();
    expect(await client(url).request(post())).toEqual({ kind: 'not-sent', detail: 'ECONNREFUSED' });
  });

  test('when the name is unknown', async () => {
    const http = client('http://shop.invalid', {
      resolve: (_host, done) => done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []),
    });
    expect(await http.request(post())).toEqual({ kind: 'not-sent', detail: 'ENOTFOUND' });
  });

  test('when the deadline is past, or the call was aborted, before the start', async () => {
    const peer = await rawPeer(() => undefined);
    const http = client(peer.url);
    expect(await http.request(post({ deadlineMs: Date.now() - 1 }))).toEqual({
      kind: 'not-sent',
      detail: 'deadline passed',
    });
    expect(await http.request(post({ signal: AbortSignal.abort() }))).toEqual({
      kind: 'not-sent',
      detail: 'aborted',
    });
    expect(peer.connections()).toBe(0);
  });

  test('when the deadline passes while the name is looked up, and nothing is sent when the look-up answers later', async () => {
    const peer = await rawPeer(() => undefined);
    let answer: (() => void) | undefined;
    const http = client(peer.url.replace('127.0.0.1', 'slow.test'), {
      resolve: (_host, done) => (answer = () => done(null, [{ address: '127.0.0.1', family: 4 }])),
    });
    expect(await http.request(post({ deadlineMs: soon() }))).toEqual({
      kind: 'not-sent',
      detail: 'deadline passed',
    });
    answer?.();
    const second = await http.request(get({ deadlineMs: soon() })).catch(() => undefined);
    expect(second).toBeDefined();
    expect(peer.received()).not.toContain('POST');
  });

  test('when the TLS handshake fails', async () => {
    const peer = await rawPeer((socket) => socket.end('not tls at all'));
    const result = await client(peer.url.replace('http:', 'https:')).request(post());
    expect(result.kind).toBe('not-sent');
    expect(peer.received()).not.toContain('POST');
  });

  test('when the call still queued for a socket at its deadline', async () => {
    const peer = await rawPeer(() => undefined);
    const http = client(peer.url, { maxConnections: 1 });
    const first = http.request(get({ path: '/first', deadlineMs: Date.now() + 400 }));
    expect(await http.request(get({ path: '/second', deadlineMs: soon() }))).toEqual({
      kind: 'not-sent',
      detail: 'deadline passed',
    });
    expect((await first).kind).toBe('lost');
    expect(peer.received()).not.toContain('/second');
  });
});

describe('lost: the request may have arrived', () => {
  const answers: readonly [string, (socket: Socket) => void][] = [
    ['the peer says nothing until the deadline', () => undefined],
    ['the peer resets before the headers', (socket) => socket.resetAndDestroy()],
    ['the peer closes before the headers', (socket) => socket.end()],
    [
      'the peer resets after the headers',
      (socket) =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n', () => socket.resetAndDestroy()),
    ],
    [
      'the body is shorter than announced',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"id":1}'),
    ],
    [
      'a chunked body is cut',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{"id":1}\r\n'),
    ],
    ['the answer is not HTTP', (socket) => socket.end('hello hush\r\n\r\n')],
  ];
  for (const [title, answer] of answers) {
    test(`when ${title}`, async () => {
      const peer = await rawPeer((socket) => answer(socket));
      const result = await client(peer.url).request(post({ deadlineMs: Date.now() + 400 }));
      expect(result.kind).toBe('lost');
      expect(JSON.stringify(result)).not.toContain('hush');
    });
  }

  test('when the body drips in beyond the deadline', async () => {
    const peer = await rawPeer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    expect(await client(peer.url).request(post({ deadlineMs: Date.now() + 300 }))).toEqual({
      kind: 'lost',
      detail: 'deadline passed after the request was started',
    });
  });

  test('when it is aborted after it was written', async () => {
    const abort = new AbortController();
    const peer = await rawPeer(() => abort.abort());
    expect(await client(peer.url).request(post({ signal: abort.signal }))).toMatchObject({ kind: 'lost' });
  });

  for (const [title, headers] of [
    ['announced', { 'content-length': '5000' }],
    ['chunked', {}],
  ] as const) {
    test(`when the answer is larger than allowed (${title})`, async () => {
      const url = await httpPeer((_request, response) =>
        response.writeHead(200, headers).end('x'.repeat(5_000)),
      );
      expect(await client(url, { maxResponseBytes: 4_999 }).request(post())).toEqual({
        kind: 'lost',
        detail: 'answer larger than 4999 bytes after the request was started',
      });
    });
  }

  test('when an idle socket was closed by the peer in the moment of writing; the request is written at most once', async () => {
    let requests = 0;
    const peer = await rawPeer((socket) => {
      requests += 1;
      if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      else socket.resetAndDestroy();
    });
    const http = client(peer.url);
    expect((await http.request(get())).kind).toBe('response');
    expect((await http.request(post())).kind).toBe('lost');
    await sleep(50);
    expect(peer.received().match(/POST/g)).toHaveLength(1);
  });
});

describe('a request that cannot be written as HTTP is a defect and throws', () => {
  const http = createHttpClient('http://127.0.0.1:9', { allowPrivateAddresses: true });
  for (const path of [
    'orders',
    '//evil.test/',
    'http://evil.test/',
    '/a/../b',
    '/a/%2e%2E/b',
    '/a/..?x',
    '/a\\..\\b',
    '/a#b',
  ]) {
    test(`path ${path}`, async () => {
      await expect(http.request(get({ path }))).rejects.toThrow(TypeError);
    });
  }
  test('a header with a line break, without quoting it', async () => {
    const failed = http.request(get({ headers: { 'x-note': 'hush\r\nhost: evil' } }));
    await expect(failed).rejects.toThrow(TypeError);
    await expect(failed).rejects.not.toThrow(/hush/);
  });
  for (const base of ['ftp://a.test', 'nonsense', 'http://user:hush@a.test', 'http://a.test/?q=1']) {
    test(`base ${base}`, () => expect(() => createHttpClient(base)).toThrow(TypeError));
  }
});
