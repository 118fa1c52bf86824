import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP proxy that loses answers on demand: the server does its work, the caller never learns of it. */
export type CuttingProxy = {
  readonly url: string;
  /** The answer to the next request whose body contains all the texts is thrown away and the connection cut. */
  cutNext(...texts: readonly string[]): void;
  /** How many answers were cut. */
  readonly cut: () => number;
  /** While away, connections end before anything reaches the server. */
  setAway(away: boolean): void;
  /** How many requests came while it was away. */
  readonly refused: () => number;
  close(): Promise<void>;
};

export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const armed: (readonly string[])[] = [];
  let cut = 0;
  let refused = 0;
  let isAway = false;
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    if (isAway) {
      refused += 1;
      incoming.socket.destroy();
      return;
    }
    const broken = (): void => void incoming.socket.destroy();
    const pass = async (): Promise<void> => {
      const body = await readAll(incoming);
      const at = armed.findIndex((texts) => texts.every((text) => body.includes(text)));
      if (at >= 0) armed.splice(at, 1);
      const upstream = request(
        { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
        (answer) => {
          readAll(answer).then((content) => {
            if (at >= 0) {
              cut += 1;
              return broken();
            }
            outgoing.writeHead(answer.statusCode ?? 502, {
              'content-type': answer.headers['content-type'] ?? 'application/json',
            });
            outgoing.end(content);
          }, broken);
        },
      );
      upstream.once('error', broken);
      upstream.end(body);
    };
    pass().catch(broken);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutNext: (...texts) => void armed.push(texts),
    cut: () => cut,
    setAway(away) {
      isAway = away;
      // Idle ones too: their next request must not slip through as already connected.
      if (away) server.closeIdleConnections();
    },
    refused: () => refused,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
