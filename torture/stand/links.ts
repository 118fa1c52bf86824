import { FaultProxy } from '../proxy/fault-proxy.ts';

/** Where a process's peers really are: PostgreSQL as `postgres`, each emulated system as `retailer/system`. */
export type Peers = ReadonlyMap<string, { readonly host: string; readonly port: number }>;

/** Each product process's own way to each of its peers, every one through a proxy of its own. */
export class Links {
  readonly #proxies: ReadonlyMap<string, FaultProxy>;

  private constructor(proxies: ReadonlyMap<string, FaultProxy>) {
    this.#proxies = proxies;
  }

  static async start(processes: readonly string[], peers: Peers): Promise<Links> {
    const pairs = processes.flatMap((process) =>
      [...peers].map(
        async ([peer, address]) => [`${process}>${peer}`, await FaultProxy.start(address)] as const,
      ),
    );
    return new Links(new Map(await Promise.all(pairs)));
  }

  /** The proxy of `process>peer`. @throws RangeError */
  of(link: string): FaultProxy {
    const proxy = this.#proxies.get(link);
    if (proxy === undefined) throw new RangeError(`there is no link ${link}`);
    return proxy;
  }

  /** Where a process finds its peer. */
  url(process: string, peer: string): string {
    return `http://127.0.0.1:${this.of(`${process}>${peer}`).port}`;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy.close()));
  }
}
