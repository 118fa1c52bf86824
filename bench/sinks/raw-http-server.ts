import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export type RawRequest = { readonly method: string; readonly path: string; readonly body: string };
/** What the sink answers, and how long it lets the caller wait for it. `headers`: further lines, each with its end. */
export type RawAnswer = {
  readonly status?: number;
  readonly body: string;
  readonly afterMs: number;
  readonly headers?: string;
};

/**
 * HTTP/1.1 on plain sockets with keep-alive, one request at a time on each, bodies with a content-length. It does just enough
 * for our clients at a fraction of node:http's CPU, since the sinks share the cores with what is measured.
 */
export class RawHttpServer {
  readonly #answer: (request: RawRequest) => RawAnswer;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #port = 0;
  requests = 0;

  constructor(answer: (request: RawRequest) => RawAnswer) {
    this.#answer = answer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens; again on the port it had before. */
  async up(): Promise<void> {
    const server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
    await new Promise<void>((done, fail) => {
      server.once('error', fail);
      server.listen(this.#port, '127.0.0.1', 4_096, done);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Connections are refused and cut, as when the machine behind the address has gone. Answers that waited are never sent. */
  async down(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== null) await new Promise((done) => server.close(done));
  }

  #serve(socket: Socket): void {
    let pending: Buffer<ArrayBufferLike> = Buffer.alloc(0);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined); // a caller that hangs up is the caller's matter
    socket.on('data', (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      for (let read = readRequest(pending); read !== null; read = readRequest(pending)) {
        pending = pending.subarray(read.length);
        this.requests += 1;
        this.#reply(socket, this.#answer(read.request));
      }
    });
  }

  #reply(socket: Socket, { status = 200, body, afterMs, headers = '' }: RawAnswer): void {
    const text = `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    if (afterMs === 0) socket.write(text);
    else setTimeout(() => socket.destroyed || socket.write(text), afterMs);
  }
}

/** The first request in the buffer, once all of it has come. */
function readRequest(buffer: Buffer): { readonly request: RawRequest; readonly length: number } | null {
  const headEnd = buffer.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const head = buffer.toString('latin1', 0, headEnd);
  const lengthText = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const bodyStart = headEnd + 4;
  const length = bodyStart + Number(lengthText ?? 0);
  if (buffer.length < length) return null;
  const firstSpace = head.indexOf(' ');
  return {
    request: {
      method: head.slice(0, firstSpace),
      path: head.slice(firstSpace + 1, head.indexOf(' ', firstSpace + 1)),
      body: buffer.toString('utf8', bodyStart, length),
    },
    length,
  };
}
