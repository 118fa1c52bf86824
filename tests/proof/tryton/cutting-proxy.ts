import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP proxy that loses answers on demand: the server does its work, the caller never learns of it. */
export type CuttingProxy = {
  readonly url: string;
  /** The answer to the next request whose body contains `text` is thrown away and the connection cut. */
  cutNext(text: string): void;
  /** How many answers were cut. */
  readonly cut: () => number;
  close(): Promise<void>;
};

export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const armed: string[] = [];
  let cut = 0;
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    void readAll(incoming).then((body) => {
      const at = armed.findIndex((text) => body.includes(text));
      if (at >= 0) armed.splice(at, 1);
      const upstream = request(
        { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
        (answer) => {
          void readAll(answer).then((content) => {
            if (at >= 0) {
              cut += 1;
              incoming.socket.destroy();
              return;
            }
            outgoing.writeHead(answer.statusCode ?? 502, {
              'content-type': answer.headers['content-type'] ?? 'application/json',
            });
            outgoing.end(content);
          });
        },
      );
      upstream.once('error', () => incoming.socket.destroy());
      upstream.end(body);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutNext: (text) => void armed.push(text),
    cut: () => cut,
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
