import { Pool } from 'undici';

/** What a peer's program sends to a system: the same body to both, one call each. */
export type PlatformWrite = { readonly order: number; readonly version: number; readonly content: unknown };

/** One system on keep-alive sockets. Throws for everything but a 200, so that the job is tried again. */
export class Platform {
  readonly #pool: Pool;
  readonly #path: string;

  constructor(url: string, path: '/erp' | '/crm') {
    this.#pool = new Pool(url, { connections: 256, pipelining: 1 });
    this.#path = path;
  }

  async write(write: PlatformWrite): Promise<void> {
    const { statusCode, body } = await this.#pool.request({
      method: 'POST',
      path: this.#path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(write),
      headersTimeout: 10_000,
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
  }
}
