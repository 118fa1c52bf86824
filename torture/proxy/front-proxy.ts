import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Address } from './fault-proxy.ts';

/** A load balancer of connections in front of several equal servers: in turn, past those that refuse. */
export class FrontProxy {
  readonly #targets: readonly Address[];
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #next = 0;

  private constructor(targets: readonly Address[]) {
    this.#targets = targets;
    this.#server = createServer({ noDelay: true, pauseOnConnect: true }, (client) => {
      client.on('error', () => client.destroy());
      this.#track(client);
      this.#try(client, targets.length);
    });
  }

  static async start(targets: readonly Address[]): Promise<FrontProxy> {
    const front = new FrontProxy(targets);
    await new Promise<void>((resolve, reject) => {
      front.#server.once('error', reject);
      front.#server.listen(0, '127.0.0.1', resolve);
    });
    return front;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #try(client: Socket, left: number): void {
    const target = this.#targets[this.#next % this.#targets.length];
    this.#next += 1;
    if (left === 0 || target === undefined || client.destroyed) return void client.destroy();
    const server = connect({ ...target, noDelay: true });
    this.#track(server);
    let isConnected = false;
    server.once('connect', () => {
      isConnected = true;
      client.pipe(server).pipe(client);
      client.resume();
    });
    // What was begun at one server is not repeated at another: the sender must hear that it failed.
    server.on('error', () => (isConnected ? client.destroy() : this.#try(client, left - 1)));
    server.once('close', () => isConnected && client.destroy());
    client.once('close', () => server.destroy());
  }

  #track(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }
}
