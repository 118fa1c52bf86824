import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Flow } from './flow.ts';
import { type LinkFault, LinkFaults } from './link-faults.ts';

export type Address = { readonly host: string; readonly port: number };

/** A TCP proxy on loopback in front of one server, with faults that come and go while connections are open. */
export class FaultProxy {
  readonly #target: Address;
  readonly #server: Server;
  readonly #pairs = new Set<{ readonly client: Socket; readonly server: Socket }>();
  readonly #faults = new LinkFaults();

  private constructor(target: Address) {
    this.#target = target;
    // A half-closed connection stays half open, as it would without us.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
  }

  static async start(target: Address): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }
  get connections(): number {
    return this.#pairs.size;
  }

  /** Lets a fault hold from now on; the answer ends it. Connections that a fault has cut stay cut. */
  add(fault: LinkFault): () => void {
    const remove = this.#faults.add(fault);
    if (fault.kind === 'refuse') this.#cut();
    return remove;
  }

  async close(): Promise<void> {
    this.#cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #cut(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  #accept(client: Socket): void {
    client.on('error', () => undefined); // its 'close' tells
    if (this.#faults.refuses) return void client.resetAndDestroy();
    const server = connect({ ...this.#target, noDelay: true, allowHalfOpen: true });
    server.on('error', () => undefined);
    const pair = { client, server };
    this.#pairs.add(pair);
    new Flow(client, server, this.#faults, 'toServer');
    const back = new Flow(server, client, this.#faults, 'toClient');
    // A request that follows an answer begins the count of the next answer.
    client.on('data', () => back.restartCount());
    for (const socket of [client, server])
      socket.once('close', () => {
        if (client.destroyed && server.destroyed) this.#pairs.delete(pair);
      });
  }
}
