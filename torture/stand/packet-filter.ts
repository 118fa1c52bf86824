import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Loses packets of this network namespace's loopback, by nftables. Only for a namespace of our own. */
export class PacketFilter {
  #tables = 0;

  /** Null where nft is missing or not permitted. */
  static async find(): Promise<PacketFilter | null> {
    const filter = new PacketFilter();
    try {
      const over = await filter.drop({ port: 1, side: 'server', percent: 100 });
      await over();
      return filter;
    } catch {
      return null;
    }
  }

  /** Drops what goes to a port (`server`) or comes from it (`client`); the answer ends that. @throws Error */
  async drop({
    port,
    side,
    percent,
  }: {
    readonly port: number;
    readonly side: 'server' | 'client';
    readonly percent: number;
  }): Promise<() => Promise<void>> {
    this.#tables += 1;
    const table = `torture_${this.#tables}`;
    const which = `tcp ${side === 'server' ? 'dport' : 'sport'} ${port}`;
    const some = percent >= 100 ? '' : ` numgen random mod 100 < ${percent}`;
    await run('nft', [
      `add table inet ${table}; add chain inet ${table} lost { type filter hook input priority 0; }; add rule inet ${table} lost ${which}${some} drop`,
    ]);
    return async () => void (await run('nft', ['delete', 'table', 'inet', table]));
  }
}
